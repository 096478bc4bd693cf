using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.SharedWriting;

/// <summary>Messages that are written in place: the turn, the commit, and what is dropped.</summary>
public sealed class LeaseTests
{
    private readonly ScriptedPipeWriter _writer = new();
    private readonly SharedPipeWriter _shared;

    public LeaseTests() => _shared = new SharedPipeWriter(_writer);

    [Fact]
    public async Task A_message_written_in_place_is_sent_by_its_commit()
    {
        using PipeWriterLease lease = await _shared.LeaseAsync(5).Guarded();
        lease.Memory.Length.Should().BeGreaterThanOrEqualTo(5);
        "hello, dropped"u8.CopyTo(lease.Memory.Span);
        _writer.Written.Should().BeEmpty();

        await lease.CommitAsync(5).Guarded();

        Text.Should().Be("hello");
        _writer.Flushes.Should().Be(1);
    }

    [Fact]
    public async Task Those_who_come_during_a_lease_share_its_flush()
    {
        using PipeWriterLease lease = await _shared.LeaseAsync(1).Guarded();
        lease.Memory.Span[0] = (byte)'a';
        Task<FlushResult> second = _shared.WriteAsync("b"u8.ToArray()).AsTask();
        Task<FlushResult> third = _shared.WriteAsync("c"u8.ToArray()).AsTask();
        second.IsCompleted.Should().BeFalse();

        await lease.CommitAsync(1).Guarded();

        await second.Guarded();
        await third.Guarded();
        Text.Should().Be("abc");
        _writer.Flushes.Should().Be(1);
    }

    [Fact]
    public async Task A_lease_that_is_disposed_sends_nothing_and_gives_the_turn_on()
    {
        PipeWriterLease lease = await _shared.LeaseAsync(3).Guarded();
        "abc"u8.CopyTo(lease.Memory.Span);
        Task<FlushResult> next = _shared.WriteAsync("d"u8.ToArray()).AsTask();

        lease.Dispose();

        await next.Guarded();
        Text.Should().Be("d");
        lease.Dispose();
        (await _shared.WriteAsync("e"u8.ToArray()).Guarded()).IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task Leases_are_given_one_at_a_time_in_the_order_of_the_calls()
    {
        PipeWriterLease first = await _shared.LeaseAsync(1).Guarded();
        Task<PipeWriterLease> second = _shared.LeaseAsync(1).AsTask();
        Task<FlushResult> between = _shared.WriteAsync("-"u8.ToArray()).AsTask();
        Task<PipeWriterLease> third = _shared.LeaseAsync(1).AsTask();
        second.IsCompleted.Should().BeFalse();

        first.Memory.Span[0] = (byte)'1';
        await first.CommitAsync(1).Guarded();
        (await second.Guarded()).Memory.Span[0] = (byte)'2';
        between.IsCompleted.Should().BeFalse();
        await (await second).CommitAsync(1).Guarded();
        await between.Guarded();
        (await third.Guarded()).Memory.Span[0] = (byte)'3';
        await (await third).CommitAsync(1).Guarded();

        Text.Should().Be("12-3");
        _writer.Misuses.Should().Be(0);
    }

    [Fact]
    public async Task A_lease_waits_for_the_flush_before_it()
    {
        _writer.Hold();
        Task<FlushResult> write = _shared.WriteAsync("a"u8.ToArray()).AsTask();
        Task<PipeWriterLease> lease = _shared.LeaseAsync(1).AsTask();
        lease.IsCompleted.Should().BeFalse();

        _writer.Release();

        await write.Guarded();
        (await lease.Guarded()).Dispose();
        _writer.Misuses.Should().Be(0);
    }

    [Fact]
    public async Task A_lease_is_committed_once()
    {
        PipeWriterLease lease = await _shared.LeaseAsync(1).Guarded();
        await lease.CommitAsync(1).Guarded();
        Assert.Throws<InvalidOperationException>(() => { _ = lease.CommitAsync(1).AsTask(); });
        using PipeWriterLease next = await _shared.LeaseAsync(1).Guarded();

        Assert.Throws<InvalidOperationException>(() => { _ = lease.CommitAsync(1).AsTask(); });
        lease.Dispose();

        await next.CommitAsync(1).Guarded();
        _writer.Written.Should().HaveCount(2);
        Assert.Throws<InvalidOperationException>(() => { _ = default(PipeWriterLease).CommitAsync(1).AsTask(); });
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public async Task More_than_was_given_cannot_be_committed_and_the_lease_is_kept(int bytes)
    {
        using PipeWriterLease lease = await _shared.LeaseAsync(10).Guarded();

        Assert.Throws<ArgumentOutOfRangeException>(nameof(bytes), () => { _ = lease.CommitAsync(bytes).AsTask(); });

        await lease.CommitAsync(10).Guarded();
        _writer.Written.Should().HaveCount(10);
    }

    [Fact]
    public async Task Completing_waits_for_a_lease()
    {
        PipeWriterLease lease = await _shared.LeaseAsync(1).Guarded();
        Task completing = _shared.CompleteAsync().AsTask();
        _writer.IsCompleted.Should().BeFalse();

        await lease.CommitAsync(1).Guarded();

        await completing.Guarded();
        _writer.IsCompleted.Should().BeTrue();
        _writer.Misuses.Should().Be(0);
    }

    [Fact]
    public void A_lease_of_nothing_is_refused() => Assert.Throws<ArgumentOutOfRangeException>("size", () => { _ = _shared.LeaseAsync(0).AsTask(); });

    [Fact]
    public async Task Leases_are_told_apart()
    {
        PipeWriterLease one = await _shared.LeaseAsync(1).Guarded();
        PipeWriterLease copy = one;
        one.Dispose();
        PipeWriterLease other = await _shared.LeaseAsync(1).Guarded();

        (one == copy).Should().BeTrue();
        (one != other).Should().BeTrue();
        one.Equals((object)copy).Should().BeTrue();
        one.GetHashCode().Should().Be(copy.GetHashCode());
    }

    private string Text => Encoding.ASCII.GetString(_writer.Written);
}
