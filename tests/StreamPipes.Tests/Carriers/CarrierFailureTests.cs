using System.IO.Pipelines;

namespace StreamPipes.Tests.Carriers;

/// <summary>
/// Whatever carries the bytes: a connection that is ended by an error has that one error, the same object at both ends and in <see cref="PipeConnection.Completion"/>,
/// and lets the carrier go, so that the other side ends too.
/// </summary>
public sealed class CarrierFailureTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly InvalidDataException _error = new("enough of this");

    public static TheoryData<Medium, Layer> Sessions => new(
        from medium in Enum.GetValues<Medium>()
        from layer in medium.IsDuplex() ? Layers.Sessions : [Layer.None]
        where Selection.Has(medium) && Selection.Has(layer)
        select (medium, layer));

    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.WriteAndDispose)]
    public Task An_abort_during_a_read_is_thrown_by_both_ends(Medium medium, Layer layer) =>
        ShouldFailAsync(medium, layer, PipeConnectionOptions.Default, connection => connection.Abort(_error), _error, CloseReason.Aborted);

    [Theory(SkipTestWithoutData = true)]
    [EveryCarrier(Way.WriteAndDispose)]
    public Task An_output_that_is_completed_with_an_error_is_an_abort(Medium medium, Layer layer) =>
        ShouldFailAsync(medium, layer, PipeConnectionOptions.Default, connection => connection.Output.Complete(_error), _error, CloseReason.Aborted, completesOutput: true);

#if !LIBRARY_NETSTANDARD
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Sessions))]
    public Task A_time_limit_that_passes_is_one_TimeoutException(Medium medium, Layer layer)
    {
        ManualTimeProvider clock = new();
        PipeConnectionOptions options = new() { TimeProvider = clock, IdleTimeout = Limit };
        return ShouldFailAsync(medium, layer, options, _ => clock.Advance(Limit), expected: null, CloseReason.TimedOut, clock: clock);
    }
#endif

    private static async Task ShouldFailAsync(Medium medium, Layer layer, PipeConnectionOptions options, Action<PipeConnection> fail, Exception? expected, CloseReason reason, bool completesOutput = false, ManualTimeProvider? clock = null)
    {
        await using Link link = layer.Put(await medium.ConnectAsync().Guarded());
        TaskCompletionSource nearIsDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<FarReport> far = Task.Run(() => link.RunFarAsync(Way.WriteAndDispose, nearIsDone.Task));
        PipeConnection connection = await link.OpenConnectionAsync(options).Guarded();
        ConnectionUser user = new(connection, link);
        await user.WriteAsync(Content.Greeting, seed: 1).Guarded();
        (await user.ReadAsync(Content.Greeting.Length).Guarded()).Should().Equal(Content.Greeting);
        ValueTask<ReadResult> read = connection.Input.ReadAsync();

        fail(connection);

        Exception error = (await Thrown.ByAsync(() => read.Guarded()))!;
        error.Should().Match(thrown => expected == null ? thrown is TimeoutException : ReferenceEquals(thrown, expected));
        if (completesOutput) await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Output.FlushAsync().Guarded());
        else (await Thrown.ByAsync(() => connection.Output.FlushAsync().Guarded())).Should().BeSameAs(error);
        await LetCloseAsync(connection, clock);
        (await Thrown.ByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(error);
        connection.CloseReason.Should().Be(reason);
        await connection.DisposeAsync().Guarded();
        if (link.AfterConnection is not null) await Thrown.ByAsync(() => link.AfterConnection().Guarded());
        nearIsDone.SetResult();
        await Thrown.ByAsync(() => far.Guarded());
        far.IsCompleted.Should().BeTrue("the other side ends too");
        if (!EndsByDisposeOnly(medium, layer)) link.Crashes.Crashes.Should().Be(0);
    }

    /// <summary>Reads that no token ends, in a stream that the codec over it leaves open: there the dispose has to come beside the read.</summary>
    private static bool EndsByDisposeOnly(Medium medium, Layer layer) => layer == Layer.WatchedDeflate && medium is Medium.Deaf or Medium.ThreadBlocking;

    /// <summary>Lets the time pass that the stream is given for its end.</summary>
    private static async Task LetCloseAsync(PipeConnection connection, ManualTimeProvider? clock)
    {
        while (!connection.Completion.IsCompleted && clock is not null)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(connection.Completion, Task.Delay(1));
        }
    }
}
