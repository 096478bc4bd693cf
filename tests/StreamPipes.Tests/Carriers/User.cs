namespace StreamPipes.Tests.Carriers;

/// <summary>A program that uses the near end of a carrier: by hand, which is the control, or through a connection.</summary>
internal abstract class User
{
    public abstract Task WriteAsync(ReadOnlyMemory<byte> bytes, int seed);

    public abstract Task<byte[]> ReadAsync(int count);

    public abstract Task<byte[]> ReadToEndAsync();

    /// <summary>Reads, and drops what it reads, concurrently to what follows.</summary>
    public abstract void BeginDiscarding();

    public abstract Task StopDiscardingAsync();

    public abstract void CompleteInput();

    /// <summary>Gives up waits, of which the other side must not notice a thing.</summary>
    public abstract Task CancelWaitsAsync();

    public abstract Task CompleteOutputAsync();

    public abstract Task<User> DetachAsync();

    /// <returns>How it ended; empty if in order.</returns>
    public abstract Task<string> CloseAsync();
}
