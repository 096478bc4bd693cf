#if DEBUG
using System.Diagnostics;

namespace StreamPipes.Tests.Testing;

/// <summary>In a Debug build an assertion that does not hold cannot pass unseen, whichever thread it is on.</summary>
[Collection(nameof(RunsAlone))]
public sealed class FailedAssertionsTests
{
    [Fact]
    public void A_failed_assertion_throws_and_is_kept_for_the_test_it_fails()
    {
        Assert.Throws<FailedAssertionException>(() => Debug.Assert(Environment.ProcessId == 0, "planted")).Message.Should().Contain("planted");

        FailedAssertionsAttribute.Take().Should().ContainSingle().Which.Should().Contain("planted").And.Contain(nameof(FailedAssertionsTests));
        FailedAssertionsAttribute.Take().Should().BeEmpty();
    }

    [Fact]
    public async Task A_failed_assertion_under_a_pump_is_kept_although_the_pump_catches_it()
    {
        PipeConnection connection = StreamConnection.Create(new AssertingStream());

        (await Thrown.ByAsync(() => connection.Input.ReadAsync().Guarded())).Should().BeOfType<FailedAssertionException>();

        await connection.DisposeAsync().Guarded();
        FailedAssertionsAttribute.Take().Should().ContainSingle().Which.Should().Contain("planted under a pump");
    }

    private sealed class AssertingStream : TestStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            Debug.Assert(buffer.Length < 0, "planted under a pump");
            return 0;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask DisposeAsync() => default;
    }
}
#endif
