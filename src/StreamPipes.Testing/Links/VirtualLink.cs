using System.Net.Sockets;
using StreamPipes.Testing.Running;

namespace StreamPipes.Testing.Links;

/// <summary>A connection of the virtual network: two sides, two directions, and the reset, which ends both.</summary>
internal sealed class VirtualLink
{
    private readonly RunLoop _loop;
    private readonly SeededRandom _random;
    private readonly TraceLog _trace;

    public VirtualLink(RunLoop loop, SeededRandom random, VirtualLinkOptions options, TraceLog trace, int number)
    {
        _loop = loop;
        _random = random;
        _trace = trace;
        Options = options;
        string name = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Client = new LinkSide(loop, random, this, $"client {name}");
        Server = new LinkSide(loop, random, this, $"server {name}");
        Client.Outgoing = Server.Incoming = new LinkDirection(loop, random.Fork(), options, trace, this, Client, Server);
        Server.Outgoing = Client.Incoming = new LinkDirection(loop, random.Fork(), options, trace, this, Server, Client);
        Note(LinkEvent.Connected, Client);
        Note(LinkEvent.Connected, Server);
    }

    public VirtualLinkOptions Options { get; }

    public LinkSide Client { get; }

    public LinkSide Server { get; }

    public bool IsReset { get; private set; }

    public static IOException ResetError() => new("The virtual connection was reset.", new SocketException((int)SocketError.ConnectionReset));

    public void Note(LinkEvent what, LinkSide who) => _trace.Add(_loop.Now, what, who.Name, 0);

    /// <summary>The network resets both sides, each after its time.</summary>
    public void ResetByNetwork()
    {
        if (IsReset) return;
        IsReset = true;
        NoteLater(Client);
        NoteLater(Server);
    }

    /// <summary>One side resets: it is at once, and the other side learns of it.</summary>
    public void ResetBy(LinkSide side)
    {
        side.NoteReset();
        if (IsReset) return;
        IsReset = true;
        NoteLater(ReferenceEquals(side, Client) ? Server : Client);
    }

    /// <summary>After the run: at once and on both sides.</summary>
    public void Abandon()
    {
        IsReset = true;
        Client.NoteReset();
        Server.NoteReset();
    }

    private void NoteLater(LinkSide side) =>
        _loop.After(Options.MinimumLatency + _random.UpTo(Options.MaximumLatency - Options.MinimumLatency), static side => ((LinkSide)side!).NoteReset(), side);
}
