namespace StreamPipes.Exploration.MemoryModel;

/// <summary>What the rewriter has every class under test implement.</summary>
public interface IShadowed
{
    ObjectShadow Shadow { get; }
}
