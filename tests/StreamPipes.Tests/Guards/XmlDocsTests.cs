using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace StreamPipes.Tests.Guards;

/// <summary>Whoever uses the library finds in the editor what every public type, member and parameter is for.</summary>
public sealed class XmlDocsTests
{
    private static readonly XmlDocs Docs = XmlDocs.Load(PublicApiSnapshot.Library);

    private static IEnumerable<MemberInfo> Everything => PublicApiSnapshot.Library.GetExportedTypes()
        .SelectMany(type => PublicApiRenderer.MembersOf(type).Where(IsWritten).Prepend(type));

    [Fact]
    public void Every_public_type_and_member_has_a_summary() => Everything.Where(member => IsEmpty(Docs.Find(member)?.Element("summary")))
        .Should().BeEmpty();

    [Fact]
    public void Every_parameter_of_a_public_method_is_described() => Everything.OfType<MethodBase>()
        .SelectMany(method => method.GetParameters().Where(parameter => IsEmpty(ParamOf(method, parameter))))
        .Should().BeEmpty();

    [Fact]
    public void Every_result_of_a_public_method_is_described() => Everything.OfType<MethodInfo>()
        .Where(method => method.ReturnType != typeof(void) && IsEmpty(Docs.Find(method)?.Element("returns")))
        .Should().BeEmpty();

    /// <summary>A constructor that the compiler makes is nowhere to be described.</summary>
    private static bool IsWritten(MemberInfo member) => member is not ConstructorInfo constructor || constructor.GetParameters().Length > 0;

    private static XElement? ParamOf(MethodBase method, ParameterInfo parameter) => Docs.Find(method)?.Elements("param")
        .SingleOrDefault(param => string.Equals(param.Attribute("name")?.Value, parameter.Name, StringComparison.Ordinal));

    private static bool IsEmpty(XElement? element) => element is null || (element.Value.Trim().Length == 0 && !element.HasElements);
}
