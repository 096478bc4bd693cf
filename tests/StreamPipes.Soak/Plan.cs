using System.Security.Authentication;

namespace StreamPipes.Soak;

/// <summary>One connection, decided beforehand by the seed, its slot and its round: it can be run again alone.</summary>
internal sealed record Plan
{
    private static readonly SslProtocols[] Protocols = [SslProtocols.Tls12, SslProtocols.Tls13, SslProtocols.Tls13, SslProtocols.Tls13];

    public required int Slot { get; init; }

    public required int Round { get; init; }

    public required EndPlan Client { get; init; }

    public required EndPlan Server { get; init; }

    public required SslProtocols Protocol { get; init; }

    public required Finish Finish { get; init; }

    public required bool ActorIsClient { get; init; }

    /// <summary>After how many bytes of its own the actor ends it, where it does so in the middle.</summary>
    public required int Cut { get; init; }

    public static Plan Make(SoakOptions options, int slot, int round)
    {
        Random random = new((int)Hash.Of((ulong)options.Seed, ((ulong)slot << 32) + (ulong)round));
        bool isPlain = slot >= options.Connections;
        EndPlan client = EndPlan.Make(random, AnyCarrier(random, isPlain), options.LongestPause);
        EndPlan server = EndPlan.Make(random, AnyCarrier(random, isPlain), options.LongestPause);
        bool actorIsClient = random.Next(2) == 0;
        return new Plan
        {
            Slot = slot,
            Round = round,
            Client = client,
            Server = server,
            Protocol = Protocols[random.Next(Protocols.Length)],
            Finish = AnyFinish(random, (actorIsClient ? client : server).Carrier),
            ActorIsClient = actorIsClient,
            Cut = random.Next((actorIsClient ? client : server).Bytes + 1),
        };
    }

    public override string ToString() =>
        $"connection {Slot}.{Round}: {Finish} by the {(ActorIsClient ? "client" : "server")} after {Cut}, {Protocol}{Environment.NewLine}  client {Client}{Environment.NewLine}  server {Server}";

    private static Carrier AnyCarrier(Random random, bool isPlain) => isPlain ? AnyOf(random, Carrier.Socket, Carrier.NetworkStream) : AnyOf(random, Carrier.TlsOnSocket, Carrier.SslStreamOnFragileStream);

    private static Carrier AnyOf(Random random, Carrier first, Carrier last) => (Carrier)random.Next((int)first, (int)last + 1);

    /// <summary>
    /// Through a stream that nobody knows no reset reaches the socket: the peer would see a FIN, as from any program that is killed. Nor does anybody know whether the
    /// peer has everything when this side leaves while it is still being sent to: a reset may then take last words away, as by hand.
    /// </summary>
    private static Finish AnyFinish(Random random, Carrier actor) => AnyFinish(random) switch
    {
        Finish finish when actor is not (Carrier.TlsOnFragileStream or Carrier.SslStreamOnFragileStream) => finish,
        Finish.Abort or Finish.OutputFault => Finish.Reset,
        Finish.InputFirst or Finish.Dispose => Finish.Orderly,
        Finish finish => finish,
    };

    private static Finish AnyFinish(Random random) => random.Next(10) switch
    {
        < 3 => Finish.Orderly,
        < 5 => Finish.OneAfterTheOther,
        5 => Finish.InputFirst,
        6 => Finish.Dispose,
        7 => Finish.Abort,
        8 => Finish.OutputFault,
        _ => Finish.Reset,
    };
}
