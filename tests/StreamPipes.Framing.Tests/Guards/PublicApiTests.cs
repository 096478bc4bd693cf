using System.Reflection;
using System.Xml.Linq;
using StreamPipes.Tests.Guards;

namespace StreamPipes.Framing.Tests.Guards;

/// <summary>Every target has the same API, but for what the old framework lacks, and every member is described.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Library = typeof(FrameReader).Assembly;
    private static readonly XmlDocs Docs = XmlDocs.Load(Library);

    /// <summary>netstandard2.0 has no static abstract members of interfaces.</summary>
    private static readonly string[] ModernOnly = ["StreamPipes.Framing.IFrameMessage", "StreamPipes.Framing.FrameMessageParser", "StreamPipes.Framing.FrameReader.TryRead(out TMessage", "StreamPipes.Framing.FrameReader.ReadAllAsync(System.Threading.CancellationToken cancellationToken = default): StreamPipes.Framing.FrameEnumerable<TMessage"];

    [Fact]
    public void Every_target_has_the_same_api_but_for_messages_that_parse_themselves()
    {
        string[] modern = File.ReadAllLines(FramingApi.PathOf("net10.0"));
        string[] standard = File.ReadAllLines(FramingApi.PathOf("netstandard2.0"));
        File.ReadAllLines(FramingApi.PathOf("net8.0")).Should().Equal(modern);
        standard.Except(modern, StringComparer.Ordinal).Should().BeEmpty();
        string[] added = [.. modern.Except(standard, StringComparer.Ordinal)];
        added.Should().NotBeEmpty().And.OnlyContain(line => ModernOnly.Any(start => line.StartsWith(start, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_public_type_and_member_parameter_and_result_is_described()
    {
        foreach (MemberInfo member in Library.GetExportedTypes().SelectMany(type => PublicApiRenderer.MembersOf(type).Prepend(type)))
        {
            // A constructor that the compiler makes is nowhere to be described.
            if (member is ConstructorInfo constructor && constructor.GetParameters().Length == 0) continue;
            XElement? docs = Docs.Find(member);
            docs?.Element("summary")?.Value.Trim().Should().NotBeNullOrEmpty("{0}.{1}", member.DeclaringType?.Name, member.Name);
            docs.Should().NotBeNull("{0}.{1}", member.DeclaringType?.Name, member.Name);
            if (member is not MethodBase method) continue;
            docs!.Elements("param").Select(param => param.Attribute("name")!.Value).Should().Equal(method.GetParameters().Select(parameter => parameter.Name));
            if (method is MethodInfo { ReturnType: { } type } && type != typeof(void)) docs.Element("returns").Should().NotBeNull("{0}.{1}", member.DeclaringType?.Name, member.Name);
        }
    }

    [Fact]
    public void The_package_does_not_know_the_library() => Library.GetReferencedAssemblies().Should().NotContain(name => name.Name == "StreamPipes");
}
