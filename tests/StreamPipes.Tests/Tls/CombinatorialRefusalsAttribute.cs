using System.Reflection;
using System.Security.Authentication;
using Xunit.Sdk;
using Xunit.v3;

namespace StreamPipes.Tests.Tls;

/// <summary>Every flaw of a server's certificate, in every version of TLS.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CombinatorialRefusalsAttribute : DataAttribute
{
    private static readonly string[] Flaws = ["expired", "wrong name", "unknown authority"];

    private static readonly SslProtocols[] Protocols = [SslProtocols.Tls12, SslProtocols.Tls13];

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. from flaw in Flaws from protocol in Protocols select new TheoryDataRow<string, SslProtocols>(flaw, protocol)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
