namespace StreamPipes.Tests.Hostile;

/// <summary>How a direction ends before its time.</summary>
public enum Cut
{
    /// <summary>FIN. The other direction goes on.</summary>
    Fin,

    /// <summary>RST.</summary>
    Reset,
}
