namespace StreamPipes.Tests.Carriers;

/// <summary>
/// Its dispose is its close handshake: it takes leave behind everything that was written, and waits until the other side has taken leave too. Its pending read ends
/// with that. A cancelled read breaks both directions.
/// </summary>
internal sealed class FarewellStream(Wire input, Wire output) : WireStream(input, output)
{
    private readonly SemaphoreSlim _reading = new(1, 1);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await base.ReadAsync(buffer, cancellationToken);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            Input.Break(e);
            Output.Break(e);
            throw;
        }
        finally
        {
            _reading.Release();
        }
    }

    protected override async ValueTask CloseAsync()
    {
        Output.End();
        await _reading.WaitAsync();
        byte[] rest = new byte[4096];
        while (await Input.ReadAsync(rest, CancellationToken.None) > 0)
        {
            // What the other side said before it took leave.
        }

        End();
    }
}
