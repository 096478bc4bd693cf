namespace StreamPipes.Tests.Testing;

internal static class PoolExtensions
{
    /// <summary>To be called when everything that used the pool has ended.</summary>
    public static void AssertClean(this CountingMemoryPool pool)
    {
        pool.Rented.Should().BePositive("else the pool was not used at all");
        pool.ThrowIfOutstanding();
    }
}
