namespace StreamPipes.Tests.Memory;

/// <summary>The pools that the memory suite is run with.</summary>
public enum PoolKind
{
    Blocks4096,
    Blocks16,
    Blocks7,
    Blocks1,
    Native4096,
    Native32,
}
