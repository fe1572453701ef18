using System.Globalization;
using System.Text;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Drivers.Console.Driver;
using Cosmos.Multikernel.Drivers.Console.Keyboards;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Consoles;

/// <summary>Scan codes in, what a terminal would send out. All codes here are written out by hand from keyboards' documentation.</summary>
[TestFixture]
public sealed class KeyboardTests
{
    // The places of the keys that write, in scan code set 2, row by row: 13 + 13 + 11 + 12.
    private const string Places =
        "0e 16 1e 26 25 2e 36 3d 3e 46 45 4e 55 "
        + "15 1d 24 2d 2c 35 3c 43 44 4d 54 5b 5d "
        + "1c 1b 23 2b 34 33 3b 42 4b 4c 52 "
        + "61 1a 22 21 2a 32 31 3a 41 49 4a 29";

    // The same in set 1.
    private const string PlacesInSet1 =
        "29 02 03 04 05 06 07 08 09 0a 0b 0c 0d "
        + "10 11 12 13 14 15 16 17 18 19 1a 1b 2b "
        + "1e 1f 20 21 22 23 24 25 26 27 28 "
        + "56 2c 2d 2e 2f 30 31 32 33 34 35 39";

    private const string Shift = "12";
    private const string Control = "14";
    private const string Alt = "11";
    private const string AltGr = "e0 11";

    // What each place writes; "_" nothing, "dX" the dead key X.
    private static readonly (string Layout, string Modifier, string Writes)[] Tables =
    [
        (
            "us",
            "",
            @"` 1 2 3 4 5 6 7 8 9 0 - = q w e r t y u i o p [ ] \ a s d f g h j k l ; ' \ z x c v b n m , . / SP"
        ),
        (
            "us",
            Shift,
            @"~ ! @ # $ % ^ & * ( ) UL + Q W E R T Y U I O P { } | A S D F G H J K L : "" | Z X C V B N M < > ? SP"
        ),
        (
            "de",
            "",
            "d^ 1 2 3 4 5 6 7 8 9 0 ß d´ q w e r t z u i o p ü + # a s d f g h j k l ö ä < y x c v b n m , . - SP"
        ),
        (
            "de",
            Shift,
            "° ! \" § $ % & / ( ) = ? d` Q W E R T Z U I O P Ü * ' A S D F G H J K L Ö Ä > Y X C V B N M ; : UL SP"
        ),
        (
            "de",
            AltGr,
            @"_ _ ² ³ _ _ _ { [ ] } \ _ @ _ € _ _ _ _ _ _ _ _ ~ _ _ _ _ _ _ _ _ _ _ _ _ | _ _ _ _ _ _ µ _ _ _ _"
        ),
        (
            "fr",
            "",
            "² & é \" ' ( - è UL ç à ) = a z e r t y u i o p d^ $ * q s d f g h j k l m ù < w x c v b n , ; : ! SP"
        ),
        (
            "fr",
            Shift,
            "_ 1 2 3 4 5 6 7 8 9 0 ° + A Z E R T Y U I O P d¨ £ µ Q S D F G H J K L M % > W X C V B N ? . / § SP"
        ),
        (
            "fr",
            AltGr,
            @"_ _ d~ # { [ | d` \ ^ @ ] } _ _ € _ _ _ _ _ _ _ _ ¤ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _"
        ),
        (
            "gb",
            "",
            @"` 1 2 3 4 5 6 7 8 9 0 - = q w e r t y u i o p [ ] # a s d f g h j k l ; ' \ z x c v b n m , . / SP"
        ),
        (
            "gb",
            Shift,
            @"¬ ! "" £ $ % ^ & * ( ) UL + Q W E R T Y U I O P { } ~ A S D F G H J K L : @ | Z X C V B N M < > ? SP"
        ),
        (
            "gb",
            AltGr,
            "¦ _ _ _ € _ _ _ _ _ _ _ _ _ _ é _ _ _ ú í ó _ _ _ _ á _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _"
        ),
        (
            "es",
            "",
            "º 1 2 3 4 5 6 7 8 9 0 ' ¡ q w e r t y u i o p d` + ç a s d f g h j k l ñ d´ < z x c v b n m , . - SP"
        ),
        (
            "es",
            Shift,
            "ª ! \" · $ % & / ( ) = ? ¿ Q W E R T Y U I O P d^ * Ç A S D F G H J K L Ñ d¨ > Z X C V B N M ; : UL SP"
        ),
        (
            "es",
            AltGr,
            @"\ | @ # d~ € ¬ _ _ _ _ _ _ _ _ € _ _ _ _ _ _ _ [ ] } _ _ _ _ _ _ _ _ _ _ { _ _ _ _ _ _ _ _ _ _ _ _"
        ),
        (
            "tr",
            "",
            "\" 1 2 3 4 5 6 7 8 9 0 * - q w e r t y u ı o p ğ ü , a s d f g h j k l ş i < z x c v b n m ö ç . SP"
        ),
        (
            "tr",
            Shift,
            "é ! ' d^ + % & / ( ) = ? UL Q W E R T Y U I O P Ğ Ü ; A S D F G H J K L Ş İ > Z X C V B N M Ö Ç : SP"
        ),
        (
            "tr",
            AltGr,
            @"< > £ # $ ½ _ { [ ] } \ | @ _ € _ ₺ _ _ i _ _ d¨ d~ d` æ ß _ _ _ _ _ _ _ d´ _ | _ _ _ _ _ _ _ _ _ _ _"
        ),
        (
            "dvorak",
            "",
            @"` 1 2 3 4 5 6 7 8 9 0 [ ] ' , . p y f g c r l / = \ a o e u i d h t n s - \ ; q j k x b m w v z SP"
        ),
        (
            "dvorak",
            Shift,
            @"~ ! @ # $ % ^ & * ( ) { } "" < > P Y F G C R L ? + | A O E U I D H T N S UL | : Q J K X B M W V Z SP"
        ),
    ];

    private static IEnumerable<TestCaseData> EveryPlace() =>
        Tables.Select(table =>
            new TestCaseData(table.Layout, table.Modifier, table.Writes).SetArgDisplayNames(
                table.Layout,
                table.Modifier.Length == 0 ? "plain" : table.Modifier
            )
        );

    [TestCaseSource(nameof(EveryPlace))]
    public void EveryKeyThatWrites(string layout, string modifier, string writes)
    {
        var places = Places.Split(' ');
        var expected = writes.Split(' ');
        Assert.That(expected, Has.Length.EqualTo(places.Length));
        using (Assert.EnterMultipleScope())
        {
            for (var i = 0; i < places.Length; i++)
            {
                var (text, isDead) = expected[i] switch
                {
                    "SP" => (" ", false),
                    "UL" => ("_", false),
                    "_" => ("", false),
                    ['d', _] => (expected[i][1..], true),
                    _ => (expected[i], false),
                };
                // A dead key by itself writes nothing; with a blank after it, its accent.
                var keys = $"{Down(modifier)} {places[i]} f0 {places[i]} {Up(modifier)}";
                Assert.That(Typed(layout, keys), Is.EqualTo(isDead ? "" : text), keys);
                if (isDead)
                {
                    Assert.That(Typed(layout, keys + " 29"), Is.EqualTo(text), keys + " blank");
                }
            }
        }
    }

    /// <summary>An 8042 that translates gives set 1: the same keys.</summary>
    [Test]
    public void BothSetsNameTheSameKeys()
    {
        var set2 = new ScanCodeReader(isSet1: false);
        var set1 = new ScanCodeReader(isSet1: true);
        string[] first = [.. PlacesInSet1.Split(' '), "e0 48", "e0 4b", "e0 5b", "3a", "44", "58"];
        string[] second = [.. Places.Split(' '), "e0 75", "e0 6b", "e0 1f", "58", "09", "07"];
        for (var i = 0; i < first.Length; i++)
        {
            var down = Changes(set2, second[i]).Single();
            Assert.That(Changes(set1, first[i]).Single(), Is.EqualTo(down), first[i]);
            var released = Bytes(first[i]).Select(code => code < 0x80 ? (byte)(code | 0x80) : code);
            var up = down with { IsPressed = false };
            Assert.That(released.ToList().ConvertAll(set1.Take)[^1], Is.EqualTo(up), first[i]);
        }
    }

    [TestCase("de", "0e f0 0e 1c", "â", Description = "circumflex, a")]
    [TestCase("de", "55 f0 55 24", "é", Description = "acute, e")]
    [TestCase("de", "12 55 f0 55 f0 12 12 1c", "À", Description = "grave, A")]
    [TestCase("de", "0e f0 0e 0e", "^", Description = "twice")]
    [TestCase("de", "0e f0 0e 22", "^x", Description = "a letter it does not go onto")]
    [TestCase("fr", "12 54 f0 54 f0 12 43", "ï", Description = "diaeresis, i")]
    [TestCase("fr", "e0 11 1e f0 1e e0 f0 11 31", "ñ", Description = "tilde, n")]
    [TestCase("de", "0e f0 0e 55 f0 55", "^´", Description = "two different ones")]
    public void DeadKeysCompose(string layout, string keys, string text) =>
        Assert.That(Typed(layout, keys), Is.EqualTo(Pictures.ToControls(text)));

    [TestCase("us", "58 f0 58 1c 16", "A1", Description = "Caps Lock is for letters")]
    [TestCase("us", "58 f0 58 12 1c", "a", Description = "and Shift undoes it")]
    [TestCase(
        "us",
        "58 58 58 f0 58 1c",
        "A",
        Description = "holding it repeats, it does not toggle"
    )]
    [TestCase("us", "58 f0 58 58 f0 58 1c", "a", Description = "twice is off")]
    [TestCase("de", "58 f0 58 52 4c", "ÄÖ")]
    [TestCase("fr", "58 f0 58 1e", "É", Description = "a capital that no key has")]
    [TestCase("fr", "58 f0 58 12 1e", "2")]
    [TestCase("tr", "58 f0 58 52 43", "İI", Description = "two kinds of i")]
    [TestCase("us", "75", "8", Description = "number lock is on at first")]
    [TestCase("us", "77 f0 77 75", "␛[A")]
    [TestCase("de", "71", ",", Description = "German numbers")]
    [TestCase("us", "71", ".")]
    [TestCase("us", "e0 4a 7c 7b 79 e0 5a", "/*-+␍")]
    public void Locks(string layout, string keys, string text) =>
        Assert.That(Typed(layout, keys), Is.EqualTo(Pictures.ToControls(text)));

    [TestCase("e0 75", "␛[A")]
    [TestCase("e0 72", "␛[B")]
    [TestCase("e0 74", "␛[C")]
    [TestCase("e0 6b", "␛[D")]
    [TestCase("14 e0 74", "␛[1;5C")]
    [TestCase("12 e0 6b", "␛[1;2D")]
    [TestCase("e0 6c", "␛[H")]
    [TestCase("e0 69", "␛[F")]
    [TestCase("e0 70", "␛[2~")]
    [TestCase("e0 71", "␛[3~")]
    [TestCase("e0 7d", "␛[5~")]
    [TestCase("e0 7a", "␛[6~")]
    [TestCase("05", "␛OP")]
    [TestCase("0c", "␛OS")]
    [TestCase("03", "␛[15~")]
    [TestCase("83", "␛[18~")]
    [TestCase("09", "␛[21~")]
    [TestCase("07", "␛[24~")]
    [TestCase("5a", "␍")]
    [TestCase("66", "␡")]
    [TestCase("0d", "␉")]
    [TestCase("12 0d", "␛[Z")]
    [TestCase("76", "␛")]
    [TestCase("14 21", "␃", Description = "Ctrl+C")]
    [TestCase("e0 14 21", "␃", Description = "right Ctrl")]
    [TestCase("14 54", "␛", Description = "Ctrl+[")]
    [TestCase("14 29", "␀")]
    [TestCase("11 32", "␛b", Description = "Alt+B")]
    [TestCase("e0 11 32", "␛b", Description = "the right one too, on a US keyboard")]
    [TestCase("e1 14 77 e1 f0 14 f0 77 1c", "a", Description = "Pause writes nothing")]
    [TestCase(
        "e0 12 e0 70 e0 f0 70 e0 f0 12",
        "\e[2~",
        Description = "with the false Shift that some send"
    )]
    [TestCase("1c 1c 1c f0 1c", "aaa", Description = "held")]
    [TestCase("00 ff 7f 1c", "a", Description = "unknown codes")]
    public void Sequences(string keys, string text) =>
        Assert.That(Typed("us", keys), Is.EqualTo(Pictures.ToControls(text)));

    [Test]
    public void GermanControlGoesByTheLetter() =>
        Assert.That(Typed("de", "14 35 f0 35 1a"), Is.EqualTo("\x1a\x19"));

    [Test]
    public void AltGrIsNoAlt() => Assert.That(Typed("de", $"{AltGr} 15"), Is.EqualTo("@"));

    [Test]
    public void LightsFollowTheLocks()
    {
        var keyboard = new Keyboard(KeyboardLayout.Us);
        var reader = new ScanCodeReader(isSet1: false);
        Assert.That(keyboard.Lights, Is.EqualTo(KeyboardLights.NumLock));
        foreach (var change in Changes(reader, "58 f0 58 77 f0 77 7e f0 7e"))
        {
            keyboard.Take(change);
        }

        Assert.That(
            keyboard.Lights,
            Is.EqualTo(KeyboardLights.CapsLock | KeyboardLights.ScrollLock)
        );
    }

    [Test]
    public void ControlAltDeleteAsksForARestart()
    {
        var keyboard = new Keyboard(KeyboardLayout.German);
        var asked = 0;
        keyboard.RestartAsked += () => asked++;
        var typed = string.Concat(
            Changes(new ScanCodeReader(isSet1: false), $"{Control} {Alt} e0 71")
                .Select(keyboard.Take)
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(asked, Is.EqualTo(1));
            Assert.That(typed, Is.Empty);
        }
    }

    [Test]
    public void LayoutsAreFoundByName()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(KeyboardLayout.TryFind("DE", out var german), Is.True);
            Assert.That(german, Is.SameAs(KeyboardLayout.German));
            Assert.That(KeyboardLayout.TryFind("xx", out _), Is.False);
        }
    }

    /// <summary>A layout that somebody chooses while keys are typed holds from the next key on.</summary>
    [Test]
    public async Task TheLayoutIsChangedAtOnce()
    {
        Keyboard keyboard = new(KeyboardLayout.Us);
        KeyboardDesk desk = new(keyboard);
        Assert.That(await desk.GetLayoutAsync(), Is.EqualTo("us"));
        foreach (KeyboardLayout layout in KeyboardLayout.All)
        {
            await desk.SetLayoutAsync(layout.Name);
            Assert.That(await desk.GetLayoutAsync(), Is.EqualTo(layout.Name));
            Assert.That(
                keyboard.Take(new KeyChange(KeyPosition.Y, IsPressed: true)),
                Is.EqualTo(layout.CharacterOf(KeyPosition.Y, false, false, false).ToString())
            );
            keyboard.Take(new KeyChange(KeyPosition.Y, IsPressed: false));
        }
    }

    [Test]
    public void AnUnknownLayoutIsRefusedByName()
    {
        Keyboard keyboard = new(KeyboardLayout.German);
        Assert.That(
            async () => await new KeyboardDesk(keyboard).SetLayoutAsync("xx"),
            Throws.ArgumentException.With.Message.Contains("'xx'").And.Message.Contains("dvorak")
        );
        Assert.That(keyboard.Layout, Is.SameAs(KeyboardLayout.German));
    }

    /// <summary>The build refuses other names than these before there is an image.</summary>
    [Test]
    public void TheSdkKnowsTheSameLayouts() =>
        Assert.That(
            File.ReadAllText(
                Path.Combine(Repository.Root, "Cosmos.Multikernel.Sdk/Sdk/Sdk.targets")
            ),
            Does.Contain(
                $"<_KeyboardLayouts>;{string.Join(';', KeyboardLayout.All.Select(layout => layout.Name))};<"
            )
        );

    private static string Typed(string layout, string keys)
    {
        KeyboardLayout.TryFind(layout, out var found);
        var keyboard = new Keyboard(found!);
        var text = new StringBuilder();
        foreach (var change in Changes(new ScanCodeReader(isSet1: false), keys))
        {
            text.Append(keyboard.Take(change));
        }

        return text.ToString();
    }

    private static List<KeyChange> Changes(ScanCodeReader reader, string codes) =>
        [.. Bytes(codes).Select(reader.Take).OfType<KeyChange>()];

    private static IEnumerable<byte> Bytes(string codes) =>
        codes
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(code => byte.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static string Down(string modifier) => modifier;

    private static string Up(string modifier) =>
        modifier.Length == 0 ? "" : modifier.Insert(modifier.LastIndexOf(' ') + 1, "f0 ");
}
