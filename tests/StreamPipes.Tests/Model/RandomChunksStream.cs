namespace StreamPipes.Tests.Model;

/// <summary>Reads and writes in pieces of random sizes, and can be broken for reads or for writes while it is in use.</summary>
internal sealed class RandomChunksStream(Stream inner, int seed) : WrappingStream(inner)
{
    private const int LargestPiece = 1500;

    private readonly Random _readSizes = Payload.NewRandom(seed);
    private readonly Random _writeSizes = Payload.NewRandom(seed + 1);
    private readonly CancellationTokenSource _brokenReads = new();
    private Exception? _readError;
    private volatile Exception? _writeError;

    /// <summary>The pending read throws this, and every later one.</summary>
    public void BreakReads(Exception error)
    {
        if (Interlocked.CompareExchange(ref _readError, error, null) is null) _brokenReads.Cancel();
    }

    /// <summary>The next write or flush throws this. What it takes of one already under way is not known.</summary>
    public void BreakWrites(Exception error) => _writeError ??= error;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_brokenReads.IsCancellationRequested) throw _readError!;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _brokenReads.Token);
        try
        {
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, _readSizes.Next(1, LargestPiece))], either.Token);
        }
        catch (OperationCanceledException) when (_brokenReads.IsCancellationRequested)
        {
            throw _readError!;
        }
        catch (OperationCanceledException)
        {
            // The caller wants to see its own token.
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        do
        {
            ThrowIfBroken();
            ReadOnlyMemory<byte> piece = buffer[..Math.Min(buffer.Length, _writeSizes.Next(1, LargestPiece))];
            await base.WriteAsync(piece, cancellationToken);
            buffer = buffer[piece.Length..];
        }
        while (!buffer.IsEmpty);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _writeError is { } error ? Task.FromException(error) : base.FlushAsync(cancellationToken);

    private void ThrowIfBroken()
    {
        if (_writeError is { } error) throw error;
    }
}
