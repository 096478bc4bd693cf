namespace StreamPipes.Testing;

/// <content>What .NET Standard has no public type for.</content>
public sealed partial class VirtualNetwork
{
    /// <summary>
    /// The time of the run, for everything under test that takes a clock. It begins on 1 January 2000, stands still while there is anything to do, and jumps to what is
    /// due next.
    /// </summary>
    public TimeProvider TimeProvider => Clock;
}
