using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The client against a server in the test's hands.</summary>
public sealed class RedisClientTests
{
    [Fact]
    public async Task Replies_go_to_the_callers_in_the_order_of_their_commands()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        Task<RespValue>[] replies = [.. Enumerable.Range(0, 3).Select(i => server.Client.SendAsync(["ECHO", i]))];
        for (int i = 0; i < 3; i++) (await server.TakeAsync()).Should().Be($"ECHO {i}");
        replies.Should().OnlyContain(reply => !reply.IsCompleted);
        await server.SendAsync("$1\r\n0\r\n$1\r\n1\r\n$1\r\n2\r\n");
        for (int i = 0; i < 3; i++) (await replies[i].Guarded()).Text.Should().Be($"{i}");
    }

    [Fact]
    public async Task An_error_reply_is_thrown_and_the_connection_goes_on()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        Task<RespValue> wrong = server.Client.SendAsync(["INCR", "text"]);
        Task<string> right = server.Client.PingAsync();
        await server.SendAsync("-ERR value is not an integer\r\n+PONG\r\n");
        RedisErrorException error = (await FluentActions.Awaiting(() => wrong.Guarded()).Should().ThrowAsync<RedisErrorException>()).Which;
        error.Message.Should().Be("ERR value is not an integer");
        error.Code.Should().Be("ERR");
        (await right.Guarded()).Should().Be("PONG");
    }

    [Fact]
    public async Task A_fault_of_the_connection_is_the_exception_of_all_pending_and_all_later_calls()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        Task<string>[] pending = [server.Client.PingAsync(), server.Client.PingAsync()];
        await server.TakeAsync();
        IOException fault = new("the cable was cut");
        server.Connection.Abort(fault);
        foreach (Task<string> call in pending) (await ThrownByAsync(call)).Should().BeSameAs(fault);
        (await ThrownByAsync(server.Client.PingAsync())).Should().BeSameAs(fault);
    }

    [Fact]
    public async Task The_end_of_the_stream_is_an_error_of_all_who_wait()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        Task<string> pending = server.Client.PingAsync();
        await server.TakeAsync();
        await server.CloseAsync();
        (await ThrownByAsync(pending)).Should().BeOfType<EndOfStreamException>().Which.Message.Should().Be("The server closed the connection.");
        (await ThrownByAsync(server.Client.PingAsync())).Should().BeOfType<EndOfStreamException>();
    }

    [Theory]
    [InlineData("$10\r\nhal")]
    [InlineData("*2\r\n:1\r\n")]
    [InlineData("+PO")]
    public async Task An_end_in_the_middle_of_a_reply_says_so(string half)
    {
        await using ScriptedServer server = ScriptedServer.Create();
        Task<string> pending = server.Client.PingAsync();
        await server.TakeAsync();
        await server.SendAsync(half);
        await server.CloseAsync();
        (await ThrownByAsync(pending)).Message.Should().Be("The server closed the connection in the middle of a reply.");
    }

    [Fact]
    public async Task Bytes_that_are_no_RESP_end_the_connection_with_a_reason()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        Task<string> first = server.Client.PingAsync();
        Task<string> second = server.Client.PingAsync();
        await server.SendAsync("+PONG\r\nHTTP/1.1 400 Bad Request\r\n");
        (await first.Guarded()).Should().Be("PONG");
        Exception reason = await ThrownByAsync(second);
        reason.Should().BeOfType<ProtocolException>();
        (await ThrownByAsync(server.Connection.Completion)).Should().BeSameAs(reason);
        server.Connection.CloseReason.Should().Be(CloseReason.Aborted);
    }

    [Fact]
    public async Task A_reply_nobody_asked_for_ends_the_connection()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        await server.SendAsync("+OK\r\n");
        (await ThrownByAsync(server.Connection.Completion)).Should().BeOfType<ProtocolException>()
            .Which.Message.Should().Be("A reply came that no command asked for.");
    }

    [Fact]
    public async Task A_caller_who_stops_waiting_does_not_shift_the_replies_of_the_others()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        using CancellationTokenSource impatience = new();
        Task<RespValue> impatient = server.Client.SendAsync(["ECHO", "a"], impatience.Token);
        Task<RespValue> patient = server.Client.SendAsync(["ECHO", "b"]);
        await impatience.CancelAsync();
        await FluentActions.Awaiting(() => impatient.Guarded()).Should().ThrowAsync<OperationCanceledException>();
        await server.SendAsync("+a\r\n+b\r\n");
        (await patient.Guarded()).Text.Should().Be("b");
    }

    [Fact]
    public async Task A_large_value_holds_its_caller_back_and_no_other_command_gets_into_it()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        byte[] large = new byte[3 * 1024 * 1024];
        Random.Shared.NextBytes(large);
        using CancellationTokenSource tooLate = new();
        Task<RespValue> setting = server.Client.SendAsync(["SET", "k", large], tooLate.Token);
        Task<string> pinging = server.Client.PingAsync();

        // Nobody reads at the other end: the value cannot have left, and its caller's change of mind must not cut it in two.
        server.Connection.BytesSent.Should().BeLessThan(large.Length);
        await tooLate.CancelAsync();
        byte[][] set = await server.TakeWordsAsync();
        set[2].AsSpan().SequenceEqual(large).Should().BeTrue();
        (await server.TakeAsync()).Should().Be("PING");
        await server.SendAsync("+OK\r\n+PONG\r\n");
        (await pinging.Guarded()).Should().Be("PONG");
        await FluentActions.Awaiting(() => setting.Guarded()).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Dispose_says_QUIT_after_the_commands_before_it_and_closes()
    {
        await using ScriptedServer server = ScriptedServer.Create();
        Task<string> last = server.Client.PingAsync();
        Task closing = server.Client.DisposeAsync().AsTask();
        (await server.TakeAsync()).Should().Be("PING");
        (await server.TakeAsync()).Should().Be("QUIT");
        (await ThrownByAsync(server.Client.PingAsync())).Should().BeOfType<ObjectDisposedException>();
        await server.SendAsync("+PONG\r\n+OK\r\n");
        await server.CloseAsync();
        (await last.Guarded()).Should().Be("PONG");
        await closing.Guarded();
        server.Connection.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task Dispose_ends_although_the_server_is_silent()
    {
        await using ScriptedServer server = ScriptedServer.Create(quitTimeout: TimeSpan.FromMilliseconds(1));
        Task<string> pending = server.Client.PingAsync();
        await server.Client.DisposeAsync().Guarded();
        (await ThrownByAsync(pending)).Should().BeOfType<IOException>();
        (await ThrownByAsync(server.Client.PingAsync())).Should().BeOfType<ObjectDisposedException>();
    }

    private static async Task<Exception> ThrownByAsync(Task task) =>
        (await FluentActions.Awaiting(() => task.Guarded()).Should().ThrowAsync<Exception>()).Which;
}
