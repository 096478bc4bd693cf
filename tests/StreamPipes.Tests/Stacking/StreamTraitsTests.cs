using System.IO.Compression;
using StreamPipes.Transports;

namespace StreamPipes.Tests.Stacking;

/// <summary>What is known of a stream is known through the layers above it.</summary>
public sealed class StreamTraitsTests
{
    [Fact]
    public async Task A_network_stream_is_known_whole()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        StreamTraits traits = StreamTraits.Of(pair.Client);
        (traits.WaitsOnEmptyReads, traits.NeverBlocks, traits.HasHalfClose, traits.CanStopBlockingWait).Should().Be((true, true, true, true));
        traits.SurvivesCanceledRead.Should().Be(FrameworkStreams.SocketsSurviveCanceledReads);
        (traits.ShutdownNeedsQuietReads, traits.DisposeNeedsQuiet, traits.HoldsBytes, traits.HasOnlyBlockingReads).Should().Be((false, false, false, false));
        traits.Socket.Should().NotBeNull();
        traits.LingersAfterShutdown.Should().BeTrue();
    }

    [Fact]
    public async Task Tls_takes_from_its_carrier_what_is_the_carriers()
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        StreamTraits traits = StreamTraits.Of(pair.Client);
        (traits.NeverBlocks, traits.CanStopBlockingWait, traits.LingersAfterShutdown).Should().Be((true, true, true));
        traits.SurvivesCanceledRead.Should().Be(FrameworkStreams.SocketsSurviveCanceledReads);
        (traits.ShutdownNeedsQuietReads, traits.DisposeNeedsQuiet, traits.HoldsBytes).Should().Be((true, true, true));
    }

    [Fact]
    public async Task Tls_over_a_pipe_has_no_socket_to_wait_on()
    {
        await using StreamPair pair = await StreamPairs.TlsOverPipeAsync();
        StreamTraits traits = StreamTraits.Of(pair.Client);
        traits.Socket.Should().BeNull();
        (traits.NeverBlocks, traits.SurvivesCanceledRead, traits.CanStopBlockingWait, traits.LingersAfterShutdown).Should().Be((true, true, false, false));
    }

    [Fact]
    public async Task Tls_over_an_unknown_stream_is_not_known_to_survive_a_cancelled_read()
    {
        await using StreamPair pair = StreamPairs.Unknown();
        await using StreamPair tls = await StreamPairs.TlsOverAsync(pair.Client, pair.Server, System.Security.Authentication.SslProtocols.Tls13);
        StreamTraits traits = StreamTraits.Of(tls.Client);
        (traits.NeverBlocks, traits.SurvivesCanceledRead, traits.CanStopBlockingWait).Should().Be((false, false, false));
    }

    [Fact]
    public async Task A_replayed_stream_is_what_it_replays_but_for_the_blocking_wait()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        StreamTraits traits = StreamTraits.Of(new ReplayStream(pair.Client, "unread"u8.ToArray(), late: null));
        traits.Should().Be(StreamTraits.Of(pair.Client) with { HoldsBytes = true, CanStopBlockingWait = false });
    }

    [Fact]
    public void Nothing_is_known_of_an_unknown_stream() => StreamTraits.Of(new ScriptedStream()).Should().Be(new StreamTraits { HoldsBytes = true });

    [Fact]
    public void The_read_of_the_standard_input_is_left_behind()
    {
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        StreamTraits.Of(input).AbandonsReads.Should().BeTrue();
        StreamTraits.Of(output).AbandonsReads.Should().BeFalse();
    }

    [Fact]
    public void A_compressing_stream_is_disposed_in_quiet()
    {
        using GZipStream gzip = new(Stream.Null, CompressionMode.Compress);
        StreamTraits.Of(gzip).DisposeNeedsQuiet.Should().BeTrue();
    }

    [Fact]
    public void A_stream_that_overrides_the_blocking_reads_only_is_noticed() =>
        StreamTraits.Of(new SyncOnlyStream(new ScriptedStream())).HasOnlyBlockingReads.Should().BeTrue();
}
