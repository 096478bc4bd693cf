namespace StreamPipes;

/// <content>What modern targets have in public.</content>
public sealed partial class PipeConnectionOptions
{
    internal TimeProvider? TimeProvider
    {
        get => _timeProvider;
        set => Set(ref _timeProvider, value);
    }

    /// <summary>There is no <c>TlsConnection</c> here.</summary>
    internal bool RequireCloseNotify
    {
        get => _requireCloseNotify;
        set => Set(ref _requireCloseNotify, value);
    }
}
