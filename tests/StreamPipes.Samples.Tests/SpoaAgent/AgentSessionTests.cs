using System.Text;
using SpoaAgent;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>A connection of the agent, from HELLO to DISCONNECT, without HAProxy.</summary>
public sealed class AgentSessionTests
{
    private const string Set = "action 1 with 3 arguments in scope 2 echo=";

    [Theory]
    [InlineData(16380u, 16380)]
    [InlineData(256u, 256)]
    [InlineData(1_000_000u, 16384)]
    public async Task The_smaller_of_both_frame_sizes_is_agreed_on(uint theirs, int agreed)
    {
        await using SpopPeer peer = new();
        await peer.SendAsync(Wire.Hello("1.0, 2.1", theirs));
        (await peer.ReadAsync()).Should().Be($"AgentHello 0/0 version=2.0 max-frame-size={agreed} capabilities=fragmentation,pipelining");
    }

    public static TheoryData<string, byte[]> BrokenHellos => new()
    {
        { "4 the first frame must be a HAPROXY-HELLO", Wire.Notify(1, 1, []) },
        { "5 there is no supported-versions", Wire.Hello(versions: null) },
        { "6 there is no max-frame-size", Wire.Hello(maxFrameSize: null) },
        { "7 there is no capabilities", Wire.Hello(capabilities: null) },
        { "8 version 2.0 is needed, not 1.0,3.0", Wire.Hello("1.0,3.0") },
        { "9 a max-frame-size of 255 is less than 256", Wire.Hello(maxFrameSize: 255) },
        { "3 a frame has 1195725856 bytes, and 16384 were agreed on", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n") },
    };

    [Theory]
    [MemberData(nameof(BrokenHellos))]
    public async Task A_hello_that_is_none_is_answered_with_its_status(string status, byte[] hello)
    {
        await using SpopPeer peer = new();
        await peer.SendAsync(hello);
        string[] parts = status.Split(' ', 2);
        (await peer.ReadAsync()).Should().Be($"AgentDisconnect 0/0 status-code={parts[0]} message={parts[1]}");
        await peer.Running.Guarded();
        peer.Reports.Should().ContainSingle();
    }

    [Fact]
    public async Task A_health_check_gets_its_hello_and_the_connection_ends()
    {
        await using SpopPeer peer = new();
        await peer.SendAsync(Wire.Hello(isHealthCheck: true));
        (await peer.ReadAsync()).Should().StartWith("AgentHello");
        await peer.Running.Guarded();
        peer.Counters.HealthChecks.Should().Be(1);
    }

    [Fact]
    public async Task Messages_are_answered_from_every_size_of_reads()
    {
        byte[] payload = Wire.Message("m", "key", p => p.WriteValue(new string('k', 500)));
        for (int size = 1; size <= 64; size++)
        {
            await using SpopPeer peer = new(size);
            await peer.SendAsync(
                Wire.Hello(), Wire.Notify(1, 1, payload), Wire.FragmentedNotify(2, 7, payload, 30), Wire.Frame((FrameType)99, FrameFlags.Final, 0, 0, [1]), Wire.Notify(3, 300, payload), Wire.Disconnect());
            string[] frames = [await peer.ReadAsync(), await peer.ReadAsync(), await peer.ReadAsync(), await peer.ReadAsync(), await peer.ReadAsync()];
            frames.Skip(1).Should().Equal(
                [$"Ack 1/1 {Set}{new string('k', 500)}", $"Ack 2/7 {Set}{new string('k', 500)}", $"Ack 3/300 {Set}{new string('k', 500)}", "AgentDisconnect 0/0 status-code=0 message=normal"],
                "reads are of {0} bytes", size);
            await peer.Running.Guarded();
        }
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_the_answer_before()
    {
        GatedHandler handler = new();
        await using SpopPeer peer = new(handler: handler);
        await peer.GreetAsync();
        await peer.NotifyAsync(1, 1, "held");
        await handler.Gate.Called.Guarded();
        for (ulong i = 2; i < 50; i++)
        {
            await peer.NotifyAsync(i, 1, "free");
            (await peer.ReadAsync()).Should().Be($"Ack {i}/1 {Set}free");
        }

        handler.Gate.Release();
        (await peer.ReadAsync()).Should().Be($"Ack 1/1 {Set}held");
    }

    [Fact]
    public async Task More_messages_than_may_be_in_work_are_not_begun()
    {
        GatedHandler handler = new();
        await using SpopPeer peer = new(handler: handler, configure: options => options with { MaxInWork = 3 });
        await peer.GreetAsync();
        for (ulong i = 1; i <= 10; i++) await peer.NotifyAsync(i, 1, "held");
        await handler.Held.GetCalledTask(3).Guarded();
        handler.Gate.Release();
        for (int i = 1; i <= 10; i++) (await peer.ReadAsync()).Should().EndWith("held");
        peer.Counters.MostInWork.Should().Be(3);
        peer.Counters.Notifies.Should().Be(10);
    }

    [Theory]
    [InlineData("failing", "the test wants it")]
    [InlineData("endless", "the answer does not fit into a frame")]
    public async Task A_message_that_fails_is_acknowledged_without_actions_and_the_next_is_served(string key, string trouble)
    {
        await using SpopPeer peer = new();
        await peer.GreetAsync();
        await peer.NotifyAsync(1, 1, key);
        (await peer.ReadAsync()).Should().Be("Ack 1/1");
        await peer.NotifyAsync(2, 1, "free");
        (await peer.ReadAsync()).Should().Be($"Ack 2/1 {Set}free");
        peer.Reports.Should().Equal($"a message was not handled: {trouble}");
    }

    [Fact]
    public async Task A_payload_that_breaks_the_protocol_is_a_disconnect_after_the_answers_in_work()
    {
        GatedHandler handler = new();
        await using SpopPeer peer = new(handler: handler);
        await peer.GreetAsync();
        await peer.NotifyAsync(1, 1, "held");
        await peer.NotifyAsync(2, 1, "broken");
        await handler.Gate.Called.Guarded();
        handler.Gate.Release();
        (await peer.ReadAsync()).Should().Be($"Ack 1/1 {Set}held");
        (await peer.ReadAsync()).Should().Be("AgentDisconnect 0/0 status-code=4 message=the test wants it");
    }

    [Fact]
    public async Task A_payload_that_is_too_large_is_aborted_and_the_next_message_is_served()
    {
        await using SpopPeer peer = new(configure: options => options with { MaxFragmentedSize = 10_000 });
        await peer.GreetAsync();
        await peer.SendAsync(Wire.FragmentedNotify(1, 1, Wire.Message("m", "key", p => p.WriteValue(new string('k', 30_000))), 1000));
        (await peer.ReadAsync()).Should().Be("Ack 1/1 abort");
        await peer.NotifyAsync(2, 1, "free");
        (await peer.ReadAsync()).Should().Be($"Ack 2/1 {Set}free");
    }

    [Fact]
    public async Task When_the_agent_ends_what_is_in_work_is_answered_before_the_disconnect()
    {
        GatedHandler handler = new();
        await using SpopPeer peer = new(handler: handler);
        await peer.GreetAsync();
        await peer.NotifyAsync(1, 1, "held");
        await handler.Gate.Called.Guarded();
        await peer.StopAsync();
        handler.Gate.Release();
        (await peer.ReadAsync()).Should().Be($"Ack 1/1 {Set}held");
        (await peer.ReadAsync()).Should().Be("AgentDisconnect 0/0 status-code=0 message=normal");
        await peer.Running.Guarded();
    }

    [Fact]
    public async Task When_the_connection_fails_the_work_on_its_messages_is_given_up()
    {
        GatedHandler handler = new();
        SpopPeer peer = new(handler: handler);
        await peer.GreetAsync();
        await peer.NotifyAsync(1, 1, "held");
        await handler.Gate.Called.Guarded();
        await peer.DisposeAsync();
        peer.Reports.Should().ContainSingle().Which.Should().StartWith("a message was not handled: ");
    }

    [Fact]
    public async Task A_connection_that_just_ends_is_no_error()
    {
        await using SpopPeer peer = new();
        await peer.GreetAsync();
        peer.End();
        await peer.Running.Guarded();
        peer.Reports.Should().BeEmpty();
    }
}
