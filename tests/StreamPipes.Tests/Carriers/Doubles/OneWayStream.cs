namespace StreamPipes.Tests.Carriers;

/// <summary>One direction of a <see cref="WireStream"/>, as a pipe of the operating system has it.</summary>
internal sealed class OneWayStream(Wire wire, bool isInput) : WrappingStream(new WireStream(wire, wire))
{
    private bool _isDisposed;

    public override bool CanRead => isInput;

    public override bool CanWrite => !isInput;

    public override async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (isInput) await base.DisposeAsync();
        else wire.End();
    }
}
