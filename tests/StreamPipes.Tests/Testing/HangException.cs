namespace StreamPipes.Tests.Testing;

/// <summary>What <see cref="HangGuard"/> throws. A type of its own, so that no assertion on <see cref="TimeoutException"/> takes it for the library's.</summary>
internal sealed class HangException(string expression, string member, int line)
    : Exception($"`{expression}` has not ended after {HangGuard.Limit.TotalSeconds} s (in {member}, line {line}).");
