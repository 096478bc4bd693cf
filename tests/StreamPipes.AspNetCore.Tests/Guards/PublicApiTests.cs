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
    public async Task The_public_api_is_the_approved_one()
    {
        string approvedPath = Path.Combine(Repository.Root, "tests", "StreamPipes.AspNetCore.Tests", "Guards", "PublicApi.txt");
        string receivedPath = Path.ChangeExtension(approvedPath, ".received.txt");
        string[] received = [.. PublicApiRenderer.Render(Library)];
        string[] approved = File.Exists(approvedPath) ? await File.ReadAllLinesAsync(approvedPath) : [];
        if (received.SequenceEqual(approved, StringComparer.Ordinal))
        {
            File.Delete(receivedPath);
            return;
        }

        await File.WriteAllTextAsync(receivedPath, string.Join('\n', received) + "\n");
        Assert.Fail($"The public API has changed:\n{string.Join('\n', approved.Except(received, StringComparer.Ordinal).Select(line => "- " + line).Concat(received.Except(approved, StringComparer.Ordinal).Select(line => "+ " + line)))}\nIf that is meant: mv {receivedPath} {approvedPath}");
    }

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
