#if !NET9_0_OR_GREATER
namespace StreamPipes.Tests.Testing;

/// <summary>What .NET 9 brought: here an object like any other, which the lock statement takes all the same.</summary>
internal sealed class Lock;
#endif
