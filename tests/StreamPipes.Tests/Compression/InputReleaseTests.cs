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
    public async Task A_completed_input_is_disposed_at_its_end_and_the_output_goes_on(Codec codec)
    {
        await using PipeConnection connection = StreamConnection.Create(codec.Decompress(_carrier), new MemoryStream(), _clock.Options());
        await _carrier.GetCalledTask(StreamOperation.Read).Guarded();
        await connection.Input.CompleteAsync().Guarded();

        _carrier.IsDisposed.Should().BeFalse();
        _carrier.Eof();
        await _carrier.Disposed.Guarded();
        await connection.Output.WriteTextAsync("the output goes on");
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public async Task A_read_that_nothing_else_ends_is_ended_by_the_dispose_after_CloseTimeout(Codec codec)
    {
        PipeConnection connection = StreamConnection.Create(codec.Decompress(_carrier), new MemoryStream(), _clock.Options());
        await _carrier.GetCalledTask(StreamOperation.Read).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();

        while (!_carrier.IsDisposed)
        {
            // The last wait is a longer one: for the dispose itself.
            await Task.WhenAny(_carrier.Disposed, _clock.WaitForTimerWithinAsync(TimeSpan.FromMilliseconds(250))).Guarded();
            if (!_carrier.IsDisposed) _clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        await disposing.Guarded();
        await connection.Completion.Guarded();
        _clock.ArmedTimers.Should().Be(0);
    }
}
#endif
