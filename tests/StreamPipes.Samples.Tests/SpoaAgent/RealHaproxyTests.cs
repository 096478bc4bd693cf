using System.Security.Cryptography.X509Certificates;
using SpoaAgent;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>The agent and a real HAProxy.</summary>
[Collection(nameof(RealServers))]
public sealed class RealHaproxyTests
{
    private const int AtOnce = 200;

    private static readonly HaproxyOptions WithTls = new() { ServerArguments = "ssl verify none" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_agent_sets_is_on_every_request(bool usesTls)
    {
        using X509Certificate2? certificate = usesTls ? SampleCertificate.Create() : null;
        await using AgentServer agent = AgentServer.Start(new GatedHandler(), new AgentOptions { Certificate = certificate });
        await using Haproxy haproxy = await Haproxy.StartAsync(agent.Port, usesTls ? WithTls : new HaproxyOptions());

        int rounds = LongRun.IsOn ? 100 : 1;
        for (int round = 0; round < rounds; round++)
        {
            string[] answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => haproxy.AskAsync($"key-{i}"))).Guarded();
            for (int i = 0; i < answers.Length; i++) answers[i].Should().Contain($"x-echo: key-{i}\n");
        }

        agent.Counters.Notifies.Should().Be(rounds * AtOnce);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_comes_whole_in_more_than_twenty_fragments(bool usesTls)
    {
        using X509Certificate2? certificate = usesTls ? SampleCertificate.Create() : null;
        AgentServer agent = AgentServer.Start(new DemoHandler(new BlockList([], TimeSpan.Zero)), new AgentOptions { Certificate = certificate });
        HaproxyOptions options = (usesTls ? WithTls : new HaproxyOptions()) with { AgentLines = "    max-frame-size 256", Message = "scan-body", Arguments = "body=req.body" };
        await using Haproxy haproxy = await Haproxy.StartAsync(agent.Port, options);
        for (int i = 0; i < 10; i++)
        {
            byte[] body = Payload.Seeded(9000 + i, i);
            (await haproxy.AskAsync("any", body)).Should().Contain(FormattableString.Invariant($"x-body: {body.Length}:{Payload.HashOf(body).ToLowerInvariant()}"));
        }

        await agent.DisposeAsync().AsTask().Guarded();
        agent.Counters.Notifies.Should().Be(10);
        agent.Counters.Fragments.Should().BeGreaterThan(10 * 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dozens_of_messages_share_one_connection_and_answers_overtake_each_other(bool usesTls)
    {
        using X509Certificate2? certificate = usesTls ? SampleCertificate.Create() : null;
        GatedHandler handler = new();
        await using AgentServer agent = AgentServer.Start(handler, new AgentOptions { Certificate = certificate });
        HaproxyOptions options = (usesTls ? WithTls : new HaproxyOptions()) with { AgentLines = "    maxconnrate 1\n    max-waiting-frames 100" };
        await using Haproxy haproxy = await Haproxy.StartAsync(agent.Port, options);
        await haproxy.AskAsync("first");

        Task<string> held = haproxy.AskAsync("held");
        await handler.Gate.Called.Guarded();
        string[] overtaking = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => haproxy.AskAsync($"key-{i}"))).Guarded();
        held.IsCompleted.Should().BeFalse();
        handler.Gate.Release();

        (await held.Guarded()).Should().Contain("x-echo: held\n");
        for (int i = 0; i < overtaking.Length; i++) overtaking[i].Should().Contain($"x-echo: key-{i}\n");
        agent.Counters.Notifies.Should().Be(62);
        agent.Counters.Connections.Should().BeLessThan(10);
        agent.Counters.MostInWork.Should().BeGreaterThan(1);
    }

    [Fact]
    public async Task A_body_larger_than_the_agent_takes_is_aborted_and_the_request_goes_on()
    {
        List<string> reports = [];
        AgentOptions agentOptions = new() { MaxFragmentedSize = 2000, Report = reports.Add };
        await using AgentServer agent = AgentServer.Start(new DemoHandler(new BlockList([], TimeSpan.Zero)), agentOptions);
        HaproxyOptions options = new() { AgentLines = "    max-frame-size 256\n    maxconnrate 1", Message = "scan-body", Arguments = "body=req.body" };
        await using Haproxy haproxy = await Haproxy.StartAsync(agent.Port, options);
        for (int i = 0; i < 5; i++)
        {
            (await haproxy.AskAsync("any", Payload.Seeded(12_000))).Should().Contain("x-body: :\n").And.NotContain("x-error: 1\n", "that would be a timeout");
            (await haproxy.AskAsync("any", Payload.Seeded(500))).Should().Contain("x-body: 500:");
        }

        reports.Should().Equal(Enumerable.Repeat("a payload of more than 2000 bytes is refused", 5));
        agent.Counters.Connections.Should().Be(1);
    }

    [Fact]
    public async Task The_health_checks_of_HAProxy_are_answered()
    {
        await using AgentServer agent = AgentServer.Start(new GatedHandler(), new AgentOptions());
        HaproxyOptions options = new() { BackendLines = "    option spop-check", ServerArguments = "check inter 100 fall 1" };
        await using Haproxy haproxy = await Haproxy.StartAsync(agent.Port, options);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));

        // Checks are HAProxy's to begin; the second one comes only after the first was judged.
        while (agent.Counters.HealthChecks < 3) await Task.Delay(20, limit.Token);

        (await haproxy.AskAsync("up")).Should().Contain("x-echo: up\n");
        haproxy.Log.Should().NotContain("DOWN");
    }

    [Fact]
    public async Task When_the_agent_ends_the_answers_in_work_still_arrive()
    {
        GatedHandler handler = new();
        AgentServer agent = AgentServer.Start(handler, new AgentOptions());
        await using Haproxy haproxy = await Haproxy.StartAsync(agent.Port, new HaproxyOptions());
        Task<string> held = haproxy.AskAsync("held");
        await handler.Gate.Called.Guarded();

        Task stopping = agent.DisposeAsync().AsTask();
        handler.Gate.Release();

        (await held.Guarded()).Should().Contain("x-echo: held\n");
        await stopping.Guarded();
    }
}
