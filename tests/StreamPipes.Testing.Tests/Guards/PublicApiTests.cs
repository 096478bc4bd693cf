using System.Reflection;
using System.Xml.Linq;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Testing.Tests.Guards;

/// <summary>Every target has the same API, but for what the old framework lacks, and every member is described.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Library = typeof(VirtualNetwork).Assembly;
    private static readonly XmlDocs Docs = XmlDocs.Load(Library);

    [Fact]
    public void The_modern_targets_have_the_same_api_and_netstandard_lacks_the_clock_alone()
    {
        string[] modern = File.ReadAllLines(TestingApi.PathOf("net10.0"));
        File.ReadAllLines(TestingApi.PathOf("net8.0")).Should().Equal(modern);

        // There a stream has no asynchronous dispose of its own, so that of the package counts beside it.
        string[] standard = [.. File.ReadAllLines(TestingApi.PathOf("netstandard2.0")).Select(line => line.Replace("IAsyncDisposable, System.IAsyncDisposable", "IAsyncDisposable", StringComparison.Ordinal))];
        standard.Should().Equal(modern.Where(line => !line.StartsWith("StreamPipes.Testing.VirtualNetwork.TimeProvider ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_public_type_and_member_parameter_and_result_is_described()
    {
        foreach (MemberInfo member in Library.GetExportedTypes().SelectMany(type => PublicApiRenderer.MembersOf(type).Prepend(type)))
        {
            // What a base of the framework describes is inherited.
            if (IsOverride(member as MethodInfo ?? (member as PropertyInfo)?.GetMethod)) continue;
            XElement? docs = Docs.Find(member);
            docs.Should().NotBeNull("{0}.{1}", member.DeclaringType?.Name, member.Name);
            docs!.Element("summary")?.Value.Trim().Should().NotBeNullOrEmpty("{0}.{1}", member.DeclaringType?.Name, member.Name);
            if (member is not MethodBase method) continue;
            docs.Elements("param").Select(param => param.Attribute("name")!.Value).Should().Equal(method.GetParameters().Select(parameter => parameter.Name));
            if (method is MethodInfo { ReturnType: { } type } && type != typeof(void)) docs.Element("returns").Should().NotBeNull("{0}.{1}", member.DeclaringType?.Name, member.Name);
        }
    }

    [Fact]
    public void The_package_knows_no_test_runner() =>
        Library.GetReferencedAssemblies().Should().OnlyContain(name => name.Name!.StartsWith("System.", StringComparison.Ordinal) || name.Name == "StreamPipes" || name.Name == "netstandard" || name.Name == "Microsoft.Bcl.AsyncInterfaces");

    private static bool IsOverride(MethodInfo? method) => method is not null && method.GetBaseDefinition() != method;
}
