using StreamPipes.Testing.Tests.Protocols;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>Questions and answers over two connections, by code that knows nothing of this test.</summary>
internal sealed class Conversation : Scenario
{
    public override Task RunAsync(VirtualNetwork network) => EchoScenario.RunAsync(network);
}
