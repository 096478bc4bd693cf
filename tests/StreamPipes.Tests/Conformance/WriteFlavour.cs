namespace StreamPipes.Tests.Conformance;

/// <summary>The ways a <see cref="Stream"/> can be written.</summary>
public enum WriteFlavour
{
    Array,
    Span,
    SingleByte,
    ArrayAsync,
    MemoryAsync,
    BeginEnd,
}
