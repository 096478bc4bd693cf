using System.Reflection;
using System.Xml.Linq;
using StreamPipes.Tests.Guards;

namespace StreamPipes.StackExchangeRedis.Tests.Guards;

/// <summary>Every target has the same API, and every member is described.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Library = typeof(ConfigurationOptionsExtensions).Assembly;
    private static readonly XmlDocs Docs = XmlDocs.Load(Library);

    [Fact]
    public void Every_target_has_the_same_api()
    {
        string[] modern = File.ReadAllLines(RedisApi.PathOf("net10.0"));
        modern.Should().NotBeEmpty();
        File.ReadAllLines(RedisApi.PathOf("net8.0")).Should().Equal(modern);
        File.ReadAllLines(RedisApi.PathOf("netstandard2.0")).Should().Equal(modern);
    }

    [Fact]
    public void Every_public_type_and_member_parameter_and_result_is_described()
    {
        foreach (MemberInfo member in Library.GetExportedTypes().SelectMany(type => PublicApiRenderer.MembersOf(type).Prepend(type)))
        {
            XElement? docs = Docs.Find(member);
            docs.Should().NotBeNull("{0}.{1}", member.DeclaringType?.Name, member.Name);
            docs!.Element("summary")?.Value.Trim().Should().NotBeNullOrEmpty("{0}.{1}", member.DeclaringType?.Name, member.Name);
            if (member is not MethodBase method) continue;
            docs.Elements("param").Select(param => param.Attribute("name")!.Value).Should().Equal(method.GetParameters().Select(parameter => parameter.Name));
            if (method is MethodInfo { ReturnType: { } type } && type != typeof(void)) docs.Element("returns").Should().NotBeNull("{0}.{1}", member.DeclaringType?.Name, member.Name);
        }
    }

    [Fact]
    public void No_experimental_type_of_the_client_is_in_the_api() =>
        File.ReadAllText(RedisApi.PathOf("net10.0")).Should().NotContainAny("RESPite", "Tunnel", "TlsOptions");
}
