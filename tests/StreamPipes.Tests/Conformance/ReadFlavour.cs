namespace StreamPipes.Tests.Conformance;

/// <summary>The ways a <see cref="Stream"/> can be read.</summary>
public enum ReadFlavour
{
    Array,
    Span,
    SingleByte,
    ArrayAsync,
    MemoryAsync,
    BeginEnd,
    ReadExactly,
    ReadAtLeastAsync,
}
