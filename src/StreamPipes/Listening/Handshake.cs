using StreamPipes.Common;

namespace StreamPipes.Listening;

/// <summary>One handshake under way: what ends it early.</summary>
internal sealed class Handshake
{
    private readonly CancellationTokenSource _cancellation = new();
    private volatile bool _hasGivenWay;

    public Handshake() => Node = new LinkedListNode<Handshake>(this);

    /// <summary>Its place among the others.</summary>
    public LinkedListNode<Handshake> Node { get; }

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Whether it was ended in favour of a younger one.</summary>
    public bool HasGivenWay => _hasGivenWay;

    public void GiveWay()
    {
        _hasGivenWay = true;
        Cancel();
    }

    public void Cancel() => Cancellation.Fire(_cancellation);
}
