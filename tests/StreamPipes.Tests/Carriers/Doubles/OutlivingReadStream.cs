namespace StreamPipes.Tests.Carriers;

/// <summary>Its read continues after its dispose: only the token ends it.</summary>
internal sealed class OutlivingReadStream(Wire input, Wire output) : WireStream(input, output)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return Input.ReadAsync(buffer, cancellationToken);
    }

    protected override ValueTask CloseAsync()
    {
        Output.End();
        return default;
    }
}
