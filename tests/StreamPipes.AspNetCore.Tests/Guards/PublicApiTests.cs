using System.Reflection;
using System.Xml.Linq;
using StreamPipes.Tests.Guards;

namespace StreamPipes.AspNetCore.Tests.Guards;

/// <summary>The public API of the package is a text file beside this one, and every member is described.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Library = typeof(PipeConnectionContext).Assembly;
    private static readonly XmlDocs Docs = XmlDocs.Load(Library);

    [Fact]
    public Task The_public_api_is_the_approved_one() => ApprovedApi.CheckAsync(Library, Path.Combine(Repository.Root, "tests", "StreamPipes.AspNetCore.Tests", "Guards", "PublicApi.txt"));

    [Fact]
    public void Every_public_type_and_member_and_parameter_is_described()
    {
        foreach (Type type in Library.GetExportedTypes())
        {
            foreach (MemberInfo member in PublicApiRenderer.MembersOf(type).Prepend(type))
            {
                XElement? docs = Docs.Find(member);
                docs?.Element("summary")?.Value.Trim().Should().NotBeNullOrEmpty("{0}.{1}", type.Name, member.Name);
                docs.Should().NotBeNull("{0}.{1}", type.Name, member.Name);
                if (member is MethodBase method) docs!.Elements("param").Select(param => param.Attribute("name")!.Value).Should().Equal(method.GetParameters().Select(parameter => parameter.Name));
            }
        }
    }
}
