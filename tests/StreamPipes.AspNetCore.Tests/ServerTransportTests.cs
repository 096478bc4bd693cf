using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using StreamPipes.AspNetCore.Tests.Testing;

namespace StreamPipes.AspNetCore.Tests;

/// <summary>The rules that Kestrel expects of a transport, kept by a connection whatever has become of it.</summary>
public sealed class ServerTransportTests
{
    /// <summary>What streams throw when they fail, and what Kestrel is to be told of each.</summary>
    public static TheoryData<Exception, Type> Faults => new()
    {
        { new SocketException((int)SocketError.ConnectionReset), typeof(ConnectionResetException) },
        { new SocketException((int)SocketError.TimedOut), typeof(ConnectionResetException) },
        { new IOException("wrapped", new SocketException((int)SocketError.ConnectionReset)), typeof(ConnectionResetException) },
        { new IOException("wrapped", new ConnectionResetException("below")), typeof(ConnectionResetException) },
        { new IOException("wrapped", new ConnectionAbortedException("below")), typeof(ConnectionAbortedException) },
        { new IOException("a cut TLS record"), typeof(IOException) },
        { new InvalidDataException("a cut compressed block"), typeof(IOException) },
        { new InvalidOperationException("a decoder"), typeof(IOException) },
        { new ObjectDisposedException("a stream"), typeof(IOException) },
        { new TimeoutException("a layer"), typeof(IOException) },
        { new ConnectionResetException("Kestrel's own"), typeof(ConnectionResetException) },
        { new ConnectionAbortedException("Kestrel's own"), typeof(ConnectionAbortedException) },
    };

    private static IEnumerable<Func<PipeReader, Task>> Reads =>
    [
        input => input.ReadAsync().AsTask(),
        input => input.ReadAtLeastAsync(10).AsTask(),
        input => input.CopyToAsync(Stream.Null),
        input => input.AsStream().ReadAsync(new byte[1]).AsTask(),
        input =>
        {
            input.TryRead(out _);
            return Task.CompletedTask;
        },
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_read_fault_is_told_by_every_kind_of_read_as_the_server_knows_it_with_the_original_inside(Exception fault, Type told)
    {
        foreach (Func<PipeReader, Task> read in Reads)
        {
            await using PipeConnectionContext context = new(StreamConnection.Create(new ScriptedStream().ReadError(fault)));
            await context.Closed().Guarded();
            Exception thrown = (await FluentActions.Awaiting(() => read(context.Transport.Input).Guarded()).Should().ThrowAsync<Exception>()).Which;
            thrown.Should().BeOfType(told);
            (thrown == fault || thrown.InnerException == fault).Should().BeTrue();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_has_failed_is_read_no_further_whether_bytes_are_unread_or_have_not_been_given_back(bool isHeld)
    {
        foreach (Func<PipeReader, Task> read in Reads)
        {
            Gate gate = new();
            await using PipeConnectionContext context = new(StreamConnection.Create(new ScriptedStream().Read("GET / HTTP/1.1").Wait(gate).ReadError(new SocketException((int)SocketError.ConnectionReset))));
            PipeReader input = context.Transport.Input;
            if (isHeld) (await input.ReadAsync().Guarded()).Buffer.Length.Should().Be(14);
            gate.Release();
            await context.Closed().Guarded();
            await FluentActions.Awaiting(() => read(input).Guarded()).Should().ThrowAsync<ConnectionResetException>();
            if (!isHeld) (await context.Connection.Input.ReadTextAsync(14)).Should().Be("GET / HTTP/1.1", "the connection itself loses nothing");
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_never_comes_out_of_a_flush_a_write_or_the_completion_of_an_end(Exception fault, Type _)
    {
        ScriptedStream stream = new();
        stream.Fail(StreamOperation.Write, fault);
        await using PipeConnectionContext context = new(StreamConnection.Create(stream));
        PipeWriter output = context.Transport.Output;
        Task closed = context.Closed();
        await WriteUntilCompletedAsync(output).Guarded();

        await closed.Guarded();
        (await output.FlushAsync().Guarded()).IsCompleted.Should().BeTrue();
        (await output.WriteAsync(new byte[100]).Guarded()).IsCompleted.Should().BeTrue();
        await output.CompleteAsync().Guarded();
        await context.Transport.Input.CompleteAsync().Guarded();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_resets_fires_ConnectionClosed_without_a_reader_and_ends_a_flush_that_waits(bool isStream)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        await using PipeConnectionContext context = new(isStream ? StreamConnection.Create(new NetworkStream(server, ownsSocket: true)) : SocketConnection.Create(server));
        Task closed = context.Closed();
        Task<FlushResult> flush;
        do
        {
            context.Transport.Output.Put(new byte[64 * 1024]);
            flush = context.Transport.Output.FlushAsync().AsTask();
        }
        while (flush.IsCompleted);

        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Dispose();
        if (!(await flush.Guarded()).IsCompleted) await WriteUntilCompletedAsync(context.Transport.Output).Guarded();
        await closed.Guarded();
        (await FluentActions.Awaiting(() => context.Transport.Input.ReadAsync().Guarded()).Should().ThrowAsync<ConnectionResetException>()).WithInnerException<Exception>();
    }

    [Fact]
    public async Task What_is_written_to_a_client_that_has_left_is_dropped_however_much_it_is()
    {
        ScriptedStream stream = new();
        stream.Fail(StreamOperation.Write, new IOException("gone"));
        await using PipeConnectionContext context = new(StreamConnection.Create(stream));
        PipeWriter output = context.Transport.Output;
        await WriteUntilCompletedAsync(output).Guarded();

        long before = output.UnflushedBytes;
        for (int i = 0; i < 1000; i++)
        {
            output.GetMemory(4096).Length.Should().BeGreaterThanOrEqualTo(4096);
            output.Advance(4096);
            (await output.FlushAsync().Guarded()).IsCompleted.Should().BeTrue();
        }

        output.UnflushedBytes.Should().Be(before);
    }

    [Fact]
    public async Task A_limit_of_time_on_this_side_is_an_abort_for_the_server()
    {
        await using PipeConnectionContext context = new(StreamConnection.Create(new ScriptedStream(), new PipeConnectionOptions { IdleTimeout = TimeSpan.FromMilliseconds(20) }));
        (await FluentActions.Awaiting(() => context.Transport.Input.ReadAsync().Guarded()).Should().ThrowAsync<ConnectionAbortedException>()).WithInnerException<TimeoutException>();
        (await context.Transport.Output.FlushAsync().Guarded()).IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task An_abort_of_the_connection_under_a_context_is_an_abort_for_the_server()
    {
        await using PipeConnectionContext context = new(StreamConnection.Create(new ScriptedStream()));
        Task<ReadResult> reading = context.Transport.Input.ReadAsync().AsTask();
        context.Connection.Abort();
        (await FluentActions.Awaiting(() => reading.Guarded()).Should().ThrowAsync<ConnectionAbortedException>()).WithInnerException<IOException>();
    }

    [Fact]
    public async Task A_token_still_cancels_a_read_and_a_flush_that_wait()
    {
        ScriptedStream stream = new();
        stream.Hold(StreamOperation.Write);
        await using PipeConnectionContext context = new(StreamConnection.Create(stream, new PipeConnectionOptions { CloseTimeout = TimeSpan.FromMilliseconds(1) }));
        using CancellationTokenSource cancellation = new();
        Task<ReadResult> reading = context.Transport.Input.ReadAsync(cancellation.Token).AsTask();
        Task<FlushResult> flushing;
        do
        {
            context.Transport.Output.Put(new byte[64 * 1024]);
            flushing = context.Transport.Output.FlushAsync(cancellation.Token).AsTask();
        }
        while (flushing.IsCompleted);

        await cancellation.CancelAsync();
        foreach (Task wait in new Task[] { reading, flushing })
            (await FluentActions.Awaiting(() => wait.Guarded()).Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancellation.Token);
        context.ConnectionClosed.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public async Task A_mistake_of_the_caller_is_told_as_one_whatever_has_become_of_the_connection()
    {
        await using PipeConnectionContext context = new(StreamConnection.Create(new ScriptedStream().ReadError(new SocketException((int)SocketError.ConnectionReset))));
        await context.Closed().Guarded();
        await context.Transport.Input.CompleteAsync().Guarded();
        await context.Transport.Output.CompleteAsync().Guarded();
        await FluentActions.Awaiting(() => context.Transport.Input.ReadAsync().Guarded()).Should().ThrowAsync<InvalidOperationException>();
        await FluentActions.Awaiting(() => context.Transport.Output.FlushAsync().Guarded()).Should().ThrowAsync<InvalidOperationException>();
        FluentActions.Invoking(() => context.Transport.Input.TryRead(out _)).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => context.Transport.Output.GetMemory()).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public async Task Everything_else_of_a_pipe_goes_through_the_border_unchanged()
    {
        ScriptedStream stream = new ScriptedStream().Read("hello");
        await using PipeConnectionContext context = new(StreamConnection.Create(stream));
        (PipeReader input, PipeWriter output) = (context.Transport.Input, context.Transport.Output);
        ReadResult read = await input.ReadAtLeastAsync(5).Guarded();
        input.AdvanceTo(read.Buffer.GetPosition(1));
        input.TryRead(out read).Should().BeTrue();
        read.Buffer.Length.Should().Be(4);
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        input.CancelPendingRead();
        (await input.ReadAsync().Guarded()).IsCanceled.Should().BeTrue();
        input.AdvanceTo(read.Buffer.Start);

        output.CanGetUnflushedBytes.Should().BeTrue();
        output.Put("abc"u8);
        output.UnflushedBytes.Should().Be(3);
        output.CancelPendingFlush();
        (await output.FlushAsync().Guarded()).IsCanceled.Should().BeTrue();
        (await output.FlushAsync().Guarded()).Should().Be(default(FlushResult));
        input.ToString().Should().StartWith("Input of ");
        output.ToString().Should().StartWith("Output of ");
    }

    private static async Task WriteUntilCompletedAsync(PipeWriter output)
    {
        while (!(await output.WriteAsync(new byte[100])).IsCompleted) await Task.Yield();
    }
}
