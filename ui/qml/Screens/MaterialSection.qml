// The materials, each with what may be deferred or is already on file.
import QtQuick
import Controls
import KioskUi

Section {
    id: section

    required property GuideModel guide

    iconName: "description"
    title: qsTr("需要什么")
    lines: guide.factors > 1 ? [qsTr("身份证和手机身份码（此事项需要两种核验）")] : [qsTr("身份证，或手机身份码")]

    Repeater {
        model: section.guide.materials

        Item {
            id: row

            required property string name
            required property string tag
            required property string tone
            readonly property bool stacked: Theme.large || words.implicitWidth + label.width + Theme.px(80) > width

            width: parent?.width ?? 0
            height: stacked ? words.height + label.height + Theme.px(10) : Math.max(words.height, label.height)

            Rectangle {
                x: Theme.px(18)
                y: Math.round(Theme.body * 0.55)
                width: Theme.px(12)
                height: width
                radius: width / 2
                color: Theme.primary
            }
            Words {
                id: words
                x: Theme.px(62)
                width: parent.width - x - (row.stacked ? 0 : label.width + Theme.px(16))
                text: row.name
            }
            Tag {
                id: label
                x: row.stacked ? Theme.px(62) : parent.width - width
                y: row.stacked ? words.height + Theme.px(6) : (parent.height - height) / 2
                text: row.tag
                colour: Theme.toned(row.tone)
                pale: Theme.tonedPale(row.tone)
            }
        }
    }
}
