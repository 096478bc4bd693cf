namespace StreamPipes.Common.Polyfills;

/// <summary>
/// Lets the choice of a builder for an asynchronous method stand in the source. The compiler does not know this attribute and builds the method as usual:
/// pooling builders came with .NET 6.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AsyncMethodBuilderAttribute : Attribute
{
    public AsyncMethodBuilderAttribute(Type builderType) => BuilderType = builderType;

    public Type BuilderType { get; }
}
