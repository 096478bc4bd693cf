namespace StreamPipes.Exploration.Exploring;

/// <summary>The scenario fails on the library as it is, which is known. Once it holds, the attribute has to go.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KnownAttribute : Attribute
{
    public KnownAttribute(string reason) => Reason = reason;

    public string Reason { get; }
}
