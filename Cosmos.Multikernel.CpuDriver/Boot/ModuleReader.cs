namespace Cosmos.Multikernel.CpuDriver.Boot;

/// <summary>
/// Splits a module's command line into words. Blanks separate; a word may be in double or single quotes, as a whole or in part; a
/// backslash takes the next byte as it is. Words are unescaped into a store of the caller's and end with a 0 byte.
/// </summary>
internal unsafe struct ModuleReader
{
    private readonly byte* _text;
    private readonly uint _length;
    private uint _position;
    private byte* _store;

    public ModuleReader(byte* text, uint length, byte* store)
    {
        _text = text;
        _length = length;
        _store = store;
        _position = 0;
        Unclosed = false;
    }

    /// <summary>Whether the text ended inside a quote (or after a backslash).</summary>
    public bool Unclosed { get; private set; }

    public bool TryNext(out byte* word, out uint wordLength)
    {
        word = _store;
        wordLength = 0;
        while (_position < _length && _text[_position] == ' ')
        {
            _position++;
        }
        if (_position == _length || Unclosed)
        {
            return false;
        }
        byte quote = 0;
        while (_position < _length)
        {
            byte next = _text[_position++];
            if (next == '\\' && quote != '\'')
            {
                if (_position == _length)
                {
                    Unclosed = true;
                    return false;
                }
                word[wordLength++] = _text[_position++];
            }
            else if (quote != 0 && next == quote)
            {
                quote = 0;
            }
            else if (quote == 0 && next is (byte)'"' or (byte)'\'')
            {
                quote = next;
            }
            else if (quote == 0 && next == ' ')
            {
                break;
            }
            else
            {
                word[wordLength++] = next;
            }
        }
        if (quote != 0)
        {
            Unclosed = true;
            return false;
        }
        word[wordLength] = 0;
        _store += wordLength + 1;
        return true;
    }
}
