using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.SharedWriting;

/// <summary>Tokens, at each point of a call: before a message has begun it is not sent at all, afterwards it is sent whole.</summary>
public sealed class SharedWriterCancellationTests
{
    private readonly ScriptedPipeWriter _writer = new();
    private readonly SharedPipeWriter _shared;

    public SharedWriterCancellationTests() => _shared = new SharedPipeWriter(_writer);

    [Fact]
    public async Task A_token_that_has_fired_sends_nothing()
    {
        CancellationToken fired = new(canceled: true);

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _shared.WriteAsync("a"u8.ToArray(), fired).Guarded())).CancellationToken.Should().Be(fired);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _shared.LeaseAsync(1, fired).Guarded());

        await _shared.WriteAsync("b"u8.ToArray()).Guarded();
        Text.Should().Be("b");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_token_that_fires_while_a_caller_waits_takes_its_message_out_wherever_it_stands(int position)
    {
        _writer.Hold();
        using CancellationTokenSource source = new();
        Task<FlushResult> first = _shared.WriteAsync("a"u8.ToArray()).AsTask();
        Task<FlushResult>[] waiting = [.. Enumerable.Range(0, 3).Select(i => _shared.WriteAsync(Encoding.ASCII.GetBytes($"{i}"), i == position ? source.Token : default).AsTask())];

        await source.CancelAsync();
        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[position].Guarded())).CancellationToken.Should().Be(source.Token);
        _writer.Release();

        await first.Guarded();
        for (int i = 0; i < 3; i++) if (i != position) await waiting[i].Guarded();
        Text.Should().Be("a" + "012".Remove(position, 1));
    }

    [Fact]
    public async Task A_token_that_fires_while_a_lease_is_waited_for_gives_it_up_and_the_next_gets_it()
    {
        PipeWriterLease first = await _shared.LeaseAsync(1).Guarded();
        using CancellationTokenSource source = new();
        Task<PipeWriterLease> given = _shared.LeaseAsync(1, source.Token).AsTask();
        Task<PipeWriterLease> next = _shared.LeaseAsync(1).AsTask();

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.Guarded());
        first.Dispose();

        (await next.Guarded()).Dispose();
        await _shared.WriteAsync("a"u8.ToArray()).Guarded();
        Text.Should().Be("a");
    }

    [Fact]
    public async Task A_token_that_fires_once_the_message_has_begun_has_no_effect()
    {
        _writer.Hold();
        using CancellationTokenSource source = new();
        Task<FlushResult> first = _shared.WriteAsync("a"u8.ToArray(), source.Token).AsTask();
        Task<FlushResult> second = _shared.WriteAsync("b"u8.ToArray(), source.Token).AsTask();
        _writer.Release(holdsOn: true);
        await first.Guarded();
        await _writer.GetHeldTask().Guarded();

        await source.CancelAsync();
        second.IsCompleted.Should().BeFalse();
        _writer.Release();

        await second.Guarded();
        Text.Should().Be("ab");
    }

    [Fact]
    public async Task A_token_that_fires_after_a_lease_was_given_has_no_effect()
    {
        using CancellationTokenSource source = new();
        PipeWriterLease first = await _shared.LeaseAsync(1).Guarded();
        Task<PipeWriterLease> waiting = _shared.LeaseAsync(1, source.Token).AsTask();
        first.Dispose();
        PipeWriterLease lease = await waiting.Guarded();

        await source.CancelAsync();

        lease.Memory.Span[0] = (byte)'a';
        await lease.CommitAsync(1).Guarded();
        Text.Should().Be("a");
    }

    [Fact]
    public async Task Tokens_that_fire_at_any_moment_leave_each_message_whole_or_unsent()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 2000, resumeWriterThreshold: 1000, useSynchronizationContext: false));
        SharedPipeWriter shared = new(pipe.Writer);
        Task<List<(int Writer, int Number)>> reading = Task.Run(() => NumberedMessages.ReadAllAsync(pipe.Reader));

        (int Writer, int Number)[][] sent = await Task.WhenAll(Enumerable.Range(0, 20).Select(writer => Task.Run(() => WriteAsync(writer)))).WaitAsync(TimeSpan.FromSeconds(60));
        await shared.CompleteAsync().Guarded();

        List<(int Writer, int Number)> arrived = await reading.WaitAsync(TimeSpan.FromSeconds(60));
        arrived.Order().SequenceEqual(sent.SelectMany(of => of).Order()).Should().BeTrue("what arrived is what was not given up");
        arrived.Count.Should().BeInRange(1, (20 * 500) - 1, "some were given up");

        async Task<(int Writer, int Number)[]> WriteAsync(int writer)
        {
            List<(int Writer, int Number)> through = [];
            for (int number = 0; number < 500; number++)
            {
                using CancellationTokenSource source = new();
                ValueTask<FlushResult> write = shared.WriteAsync(NumberedMessages.Create(writer, number), source.Token);
                if (number % 2 == 0) await source.CancelAsync();
                try
                {
                    await write;
                    through.Add((writer, number));
                }
                catch (OperationCanceledException)
                {
                    // Then it must not arrive.
                }
            }

            return [.. through];
        }
    }

    private string Text => Encoding.ASCII.GetString(_writer.Written);
}
