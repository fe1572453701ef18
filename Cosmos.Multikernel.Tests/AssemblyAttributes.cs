using NUnit.Framework;

// Two fixtures run at a time: a virtual machine keeps about one host core busy, and small hosts have two.
[assembly: LevelOfParallelism(2)]
