namespace StreamPipes.Tests.Timeouts;

/// <summary>What every connection looks like whose time was up.</summary>
internal static class TimedOutAssertions
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>More than the millisecond by which a timer may be rounded up.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    /// <summary>One TimeoutException, the same object at both ends and on Completion, that names the limit.</summary>
    public static async Task ShouldHaveTimedOutAsync(this PipeConnection connection, string limitName)
    {
        TimeoutException timeout = await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        timeout.Message.Should().Contain(limitName);
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Input.ReadAsync().Guarded())).Should().BeSameAs(timeout);
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Output.WriteAsync(new byte[1]).Guarded())).Should().BeSameAs(timeout);
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Output.FlushAsync().Guarded())).Should().BeSameAs(timeout);
        connection.CloseReason.Should().Be(CloseReason.TimedOut);
    }

    public static void ShouldBeAlive(this PipeConnection connection)
    {
        connection.CloseReason.Should().Be(CloseReason.None);
        connection.Completion.IsCompleted.Should().BeFalse();
    }
}
