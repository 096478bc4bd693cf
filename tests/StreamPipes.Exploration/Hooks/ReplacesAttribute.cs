namespace StreamPipes.Exploration.Hooks;

/// <summary>The method is called in place of one of the framework's; an instance comes as the first argument, by reference if it is a structure.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ReplacesAttribute : Attribute
{
    public ReplacesAttribute(Type type, string method)
    {
        Type = type;
        Method = method;
    }

    public Type Type { get; }

    public string Method { get; }
}
