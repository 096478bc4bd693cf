#if !LIBRARY_NETSTANDARD
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Compression;

/// <summary>The dispose of a decompressing stream frees native memory, which a read at work in it on another thread would go on using: the process crashes.</summary>
public sealed class InputReleaseTests
{
    private readonly ScriptedStream _carrier = new() { IgnoresTokens = true };
    private readonly ManualTimeProvider _clock = new();

    public static TheoryData<Codec> Codecs => [.. Enum.GetValues<Codec>()];

    [Theory]
    [MemberData(nameof(Codecs))]
    public async Task Completing_the_input_does_not_dispose_its_stream_beside_a_read_but_after_it(Codec codec)
    {
        await using PipeConnection connection = await CompleteInputBesideAReadAsync(codec);

        _carrier.IsDisposed.Should().BeFalse();
        _carrier.Eof();
        await _carrier.Disposed.Guarded();
        await connection.Output.WriteTextAsync("the output goes on");
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public async Task A_read_that_nothing_else_ends_is_ended_by_the_dispose_after_a_quarter_of_a_second(Codec codec)
    {
        await using PipeConnection connection = await CompleteInputBesideAReadAsync(codec);

        _clock.Advance(TimeSpan.FromMilliseconds(249));
        _carrier.IsDisposed.Should().BeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await _carrier.Disposed.Guarded();
        _clock.ArmedTimers.Should().Be(0);
    }

    private async Task<PipeConnection> CompleteInputBesideAReadAsync(Codec codec)
    {
        PipeConnection connection = StreamConnection.Create(codec.Decompress(_carrier), new MemoryStream(), _clock.Options());
        await _carrier.GetCalledTask(StreamOperation.Read).Guarded();
        await connection.Input.CompleteAsync().Guarded();
        await _clock.WaitForTimerWithinAsync(TimeSpan.FromMilliseconds(250)).Guarded();
        return connection;
    }
}
#endif
