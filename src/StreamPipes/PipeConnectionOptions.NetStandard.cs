namespace StreamPipes;

/// <content>What modern targets have in public.</content>
public sealed partial class PipeConnectionOptions
{
    internal TimeProvider? TimeProvider { get; init; }

    /// <summary>There is no <c>TlsConnection</c> here.</summary>
    internal bool RequireCloseNotify { get; init; }
}
