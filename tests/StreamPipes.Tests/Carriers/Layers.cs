using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.Security;

namespace StreamPipes.Tests.Carriers;

/// <summary>Puts a layer over a carrier, at both sides.</summary>
internal static class Layers
{
    /// <summary>Those that stand on one connection: a time limit is met by one of it.</summary>
    public static IReadOnlyList<Layer> Sessions { get; } =
    [
        Layer.None,
        Layer.SslStream,
#if !LIBRARY_NETSTANDARD
        Layer.TlsConnection,
#endif
    ];

    public static Link Put(this Layer layer, Link link) => layer switch
    {
        Layer.None => link,
        Layer.SslStream => OverTls(link, async options => StreamConnection.Create((await OpenTlsAsync(await link.OpenRawAsync(), link.Crashes)).Input, options)),
#if !LIBRARY_NETSTANDARD
        Layer.TlsConnection => OverTls(link, async options => await TlsConnection.AuthenticateAsClientAsync((await link.OpenRawAsync()).Input, TestCertificates.ClientOptions(), options)),
        Layer.TlsOverConnection => OverTls(link, async options => await TlsConnection.AuthenticateAsClientAsync(await link.OpenConnectionAsync(options), TestCertificates.ClientOptions(), options)),
#endif
        Layer.Brotli => OverCodecs(link, Codecs.Brotli),
        Layer.WatchedDeflate => OverCodecs(link, Codecs.WatchedDeflate(link.Crashes)),
        Layer.BrotliOnHalves => OverHalves(link),
        _ => throw new ArgumentOutOfRangeException(nameof(layer)),
    };

    /// <summary>
    /// Over a carrier that is no socket the end of the session is not awaited before the carrier is closed. So the far side shows its own only then: what reaches
    /// a carrier that is being closed might be in it still, and some then tell the other side so.
    /// </summary>
    private static Link OverTls(Link link, Func<PipeConnectionOptions, Task<PipeConnection>> connect) => Over(
        link,
        openRaw: async () => await OpenTlsAsync(await link.OpenRawAsync(), link.Crashes, leavesAtOnce: !link.HasHalfClose),
        connect,
        OpenFarTlsAsync,
        canDetach: true,
        link.AfterConnection,
        waitsBelow: !link.HasHalfClose);

    private static Link OverCodecs(Link link, Codecs codecs)
    {
        CarrierEnd? below = null;
        return Over(
            link,
            openRaw: async () => codecs.Open(await link.OpenRawAsync()),
            openConnection: async options =>
            {
                below = await link.OpenRawAsync();
                return StreamConnection.Create(codecs.Decompress(below.Input), codecs.Compress(below.Output), options);
            },
            openFar: far => Task.FromResult(codecs.ForFar().Open(Watched(far))),
            canDetach: false,
            afterConnection: () => below!.DisposeAsync());
    }

    /// <summary>The two halves of the codec on the two halves of a connection: the end of the one is the end of the other.</summary>
    private static Link OverHalves(Link link)
    {
        PipeConnection? below = null;
        return Over(
            link,
            openRaw: async () => Codecs.Brotli.Open(await link.OpenRawAsync()),
            openConnection: async options =>
            {
                below = await link.OpenConnectionAsync(options);
                return StreamConnection.Create(new BrotliStream(below.Input.AsStream(), CompressionMode.Decompress), new BrotliStream(below.Output.AsStream(), CompressionLevel.Fastest), options);
            },
            openFar: far => Task.FromResult(Codecs.Brotli.Open(Watched(far))),
            canDetach: false,
            afterConnection: async () =>
            {
                await below!.DisposeAsync();
                if (link.AfterConnection is not null) await link.AfterConnection();
            });
    }

    private static Link Over(
        Link link,
        Func<Task<CarrierEnd>> openRaw,
        Func<PipeConnectionOptions, Task<PipeConnection>> openConnection,
        Func<CarrierEnd, Task<CarrierEnd>> openFar,
        bool canDetach,
        Func<Task>? afterConnection,
        bool waitsBelow = false) => new()
        {
            OpenRawAsync = openRaw,
            OpenConnectionAsync = openConnection,
            RunFarAsync = async (way, _) => await FarProgram.RunAsync(await openFar(await link.OpenFarAsync!()), way, asksByHalfClose: true, mayClose: Task.CompletedTask, waitsBelow && !way.Asks() && way != Way.FarClosesFirst),
            HasHalfClose = true,
            CanDetach = canDetach,
            WaitForPendingReadAsync = link.WaitForPendingReadAsync,
            AfterConnection = afterConnection,
            Crashes = link.Crashes,
            CleanUp = link.DisposeAsync,
        };

    private static async Task<CarrierEnd> OpenTlsAsync(CarrierEnd below, CrashWatch crashes, bool leavesAtOnce = false)
    {
        WatchedSslStream tls = new(below.Input, crashes);
        await tls.AuthenticateAsClientAsync(TestCertificates.ClientOptions());
        return new CarrierEnd(tls) { HalfClose = tls.ShutdownAsync, Below = below, LeavesAtOnce = leavesAtOnce };
    }

    private static async Task<CarrierEnd> OpenFarTlsAsync(CarrierEnd far)
    {
        CarrierEnd below = Watched(far);
        SslStream tls = new(below.Input);
        await tls.AuthenticateAsServerAsync(TestCertificates.ServerOptions());
        return new CarrierEnd(tls) { HalfClose = tls.ShutdownAsync, Below = below, Farewell = () => ((EndWatch)below.Input).HasEnded ? " without close_notify" : " by close_notify" };
    }

    /// <summary>The far end of what is below, which can tell whether it has ended.</summary>
    private static CarrierEnd Watched(CarrierEnd far) => new(new EndWatch(far.Input)) { Farewell = far.Farewell, Afterwards = far.Afterwards };
}
