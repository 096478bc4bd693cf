namespace StreamPipes.Tests.Carriers;

/// <summary>Its read continues after its dispose: only the token ends it.</summary>
internal sealed class OutlivingReadStream(Wire input, Wire output) : WireStream(input, output)
{
    private volatile bool _isDisposed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Input.ReadAsync(buffer, cancellationToken);
    }

    public override ValueTask DisposeAsync()
    {
        _isDisposed = true;
        Output.End();
        return default;
    }
}
