using System.Buffers;
using StreamPipes.Transports;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The guard that debug builds put around a transport notices whatever breaks the transport's contract, and nothing else.</summary>
public sealed class ContractTransportTests
{
    private static readonly ReadOnlySequence<byte> Batch = new([1, 2, 3]);

    private readonly ScriptedStream _stream = new();

    [Fact]
    public async Task A_read_and_a_write_run_at_the_same_time()
    {
        ContractTransport transport = new(new TransportDouble(_stream));
        ValueTask<int> reading = transport.ReadAsync(new byte[8], default);
        await transport.WriteAsync(Batch, default).AsTask().Guarded();
        await transport.FlushAsync(default).Guarded();
        await transport.ShutdownWritesAsync().AsTask().Guarded();
        _ = _stream.Read("x");
        (await reading.AsTask().Guarded()).Should().Be(1);
    }

    [Fact]
    public async Task A_read_may_follow_one_that_was_cancelled()
    {
        ContractTransport transport = new(new TransportDouble(_stream));
        using CancellationTokenSource cancellation = new();
        ValueTask<int> reading = transport.ReadAsync(new byte[8], cancellation.Token);
        await cancellation.CancelAsync();
        await reading.Awaiting(task => task.AsTask().Guarded()).Should().ThrowAsync<OperationCanceledException>();
        _ = _stream.Read("x");
        (await transport.ReadAsync(new byte[8], default).AsTask().Guarded()).Should().Be(1);
    }

    [Fact]
    public async Task A_second_read_is_refused()
    {
        ContractTransport transport = new(new TransportDouble(_stream));
        ValueTask<int> reading = transport.ReadAsync(new byte[8], default);
        await ShouldBeBrokenAsync(() => transport.ReadAsync(new byte[8], default).AsTask(), "ReadAsync was called while ReadAsync ran");
        transport.Invoking(it => it.WaitForInput(default)).Should().Throw<InvalidOperationException>().WithMessage("*WaitForInput was called while ReadAsync ran*");
        transport.Invoking(it => it.Read(new byte[8])).Should().Throw<InvalidOperationException>().WithMessage("*Read was called while ReadAsync ran*");
        _ = _stream.Read("x");
        (await reading.AsTask().Guarded()).Should().Be(1);
    }

    [Fact]
    public async Task A_second_write_a_flush_and_a_half_close_are_refused_while_a_write_runs()
    {
        HandedOperations writes = new();
        ContractTransport transport = new(new TransportDouble(_stream) { Writes = writes });
        ValueTask writing = transport.WriteAsync(Batch, default);
        HandedOperation write = await writes.NextAsync();
        await ShouldBeBrokenAsync(() => transport.WriteAsync(Batch, default).AsTask(), "WriteAsync was called while WriteAsync ran");
        await ShouldBeBrokenAsync(() => transport.FlushAsync(default), "FlushAsync was called while WriteAsync ran");
        await ShouldBeBrokenAsync(() => transport.ShutdownWritesAsync().AsTask(), "ShutdownWritesAsync was called while WriteAsync ran");
        transport.Invoking(it => it.Write(Batch)).Should().Throw<InvalidOperationException>().WithMessage("*Write was called while WriteAsync ran*");
        transport.Invoking(it => it.Flush()).Should().Throw<InvalidOperationException>().WithMessage("*Flush was called while WriteAsync ran*");
        transport.Invoking(it => it.ReleaseWriteMemory()).Should().Throw<InvalidOperationException>().WithMessage("*ReleaseWriteMemory was called while WriteAsync ran*");
        write.Complete(3);
        await writing.AsTask().Guarded();
        transport.ReleaseWriteMemory();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_half_close_beside_a_read_is_refused_where_it_needs_quiet(bool needsQuiet)
    {
        ContractTransport transport = new(new TransportDouble(_stream) { IsQuietlyHalfClosed = needsQuiet });
        ValueTask<int> reading = transport.ReadAsync(new byte[8], default);
        if (needsQuiet) await ShouldBeBrokenAsync(() => transport.ShutdownWritesAsync().AsTask(), "ShutdownWritesAsync was called while ReadAsync ran");
        else await transport.ShutdownWritesAsync().AsTask().Guarded();
        _ = _stream.Read("x");
        await reading.AsTask().Guarded();
        await transport.ShutdownWritesAsync().AsTask().Guarded();
    }

    [Fact]
    public async Task A_read_beside_a_half_close_is_refused_where_that_needs_quiet()
    {
        TaskCompletionSource ends = new();
        ContractTransport transport = new(new TransportDouble(_stream) { IsQuietlyHalfClosed = true, HalfCloseEnds = ends.Task });
        ValueTask closing = transport.ShutdownWritesAsync();
        await ShouldBeBrokenAsync(() => transport.ReadAsync(new byte[8], default).AsTask(), "ReadAsync was called during the half-close");
        ends.SetResult();
        await closing.AsTask().Guarded();
        _ = _stream.Read("x");
        (await transport.ReadAsync(new byte[8], default).AsTask().Guarded()).Should().Be(1);
    }

    [Fact]
    public async Task A_guarded_transport_refuses_every_call_after_the_release()
    {
        TransportDouble inner = new(_stream);
        ContractTransport transport = new(inner);
        transport.ReleaseTransport();
        inner.IsReleased.Should().BeTrue();
        await ShouldBeBrokenAsync(() => transport.ReadAsync(new byte[8], default).AsTask(), "ReadAsync was called after ReleaseTransport");
        await ShouldBeBrokenAsync(() => transport.WriteAsync(Batch, default).AsTask(), "WriteAsync was called after ReleaseTransport");
        await ShouldBeBrokenAsync(() => transport.FlushAsync(default), "FlushAsync was called after ReleaseTransport");
        await ShouldBeBrokenAsync(() => transport.ShutdownWritesAsync().AsTask(), "ShutdownWritesAsync was called after ReleaseTransport");
    }

    [Fact]
    public async Task The_release_and_the_detach_are_refused_while_a_read_runs()
    {
        ContractTransport transport = new(new TransportDouble(_stream));
        ValueTask<int> reading = transport.ReadAsync(new byte[8], default);
        transport.Invoking(it => it.ReleaseTransport()).Should().Throw<InvalidOperationException>().WithMessage("*ReleaseTransport was called while ReadAsync ran*");
        transport.Invoking(it => it.Detach()).Should().Throw<InvalidOperationException>().WithMessage("*Detach was called while ReadAsync ran*");
        _ = _stream.Read("x");
        await reading.AsTask().Guarded();
        transport.Detach().Should().BeSameAs(_stream);
        transport.ReleaseTransport();
    }

    [Fact]
    public async Task A_guarded_transport_may_be_reset_and_closed_at_any_time()
    {
        TransportDouble inner = new(_stream);
        ContractTransport transport = new(inner);
        Task<int> reading = transport.ReadAsync(new byte[8], default).AsTask();
        transport.Reset();
        await transport.CloseInputAsync().Guarded();
        await transport.CloseAsync().Guarded();
        await reading.Awaiting(task => task.Guarded()).Should().ThrowAsync<ObjectDisposedException>();
        transport.ReleaseTransport();
        transport.Reset();
        await transport.CloseAsync().Guarded();
        inner.Resets.Should().Be(2);
    }

    [Fact]
    public void A_guarded_transport_has_the_facts_of_the_one_it_guards()
    {
        TransportDouble inner = new(_stream) { Lingers = true, IsQuietlyDisposed = true, HasInputOfItsOwn = true, LendsThreads = true, HasEmptyReads = true, PeerHasEverything = true };
        ContractTransport transport = new(inner);
        (transport.HasInput, transport.HasOutput, transport.HasSeparateInput).Should().Be((true, true, true));
        (transport.WaitsOnEmptyReads, transport.NeverBlocks, transport.MayReadBlocking).Should().Be((true, true, false));
        (transport.ShutdownNeedsQuietReads, transport.DisposeNeedsQuiet, transport.LingersAfterShutdown).Should().Be((false, true, true));
        (transport.IsEverythingDelivered, transport.CanDetach, transport.BatchSize).Should().Be((true, true, inner.BatchSize));
    }

    private static async Task ShouldBeBrokenAsync(Func<Task> act, string how) =>
        await act.Awaiting(run => run().Guarded()).Should().ThrowAsync<InvalidOperationException>().WithMessage($"*{how}*");
}
